/* Zip archives: what is in them comes out, and no damage gives other bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/random.h"
#include "world/import/zip_archive.h"
#include "zip_make.h"

static const char text_a[] = "time,open\n1,2\n";
static const char text_b[] = "a longer text, a longer text, a longer text, and so on and on and on";

/* The bytes of a member, read `piece` at a time; NULL where it is refused. */
static char *read_member(struct zip_archive *archive, size_t index, size_t piece, size_t *size,
                         struct problem *problem)
{
    struct byte_source *bytes = NULL;
    problem_init(problem);
    *size = 0;
    if (zip_archive_read(archive, index, "a.zip:member", &bytes, problem) != STATUS_OK)
        return NULL;
    char *out = malloc(piece + 1);
    for (;;) {
        size_t got = 0;
        assert_non_null(out);
        enum status status = bytes->class->read(bytes, out + *size, piece, &got, problem);
        if (status != STATUS_OK) {
            free(out);
            out = NULL;
            break;
        }
        if (got == 0)
            break;
        assert_true(got <= piece);
        *size += got;
        out = realloc(out, *size + piece + 1);
    }
    byte_source_close(bytes);
    return out;
}

static void check_member(struct zip_archive *archive, size_t index, const char *name,
                         const void *data, size_t size)
{
    static const size_t pieces[] = {1, 7, 100, 65536, (size_t)1 << 20};
    assert_string_equal(zip_archive_member(archive, index)->name, name);
    for (size_t i = 0; i < ARRAY_COUNT(pieces); i++) {
        struct problem problem;
        size_t got = 0;
        if (pieces[i] < 1000 && size > 10000)
            continue;
        char *text = read_member(archive, index, pieces[i], &got, &problem);
        if (text == NULL)
            fail_msg("%s: %s", name, problem.found);
        assert_int_equal(got, size);
        assert_memory_equal(text, data, size);
        free(text);
    }
}

static void members_come_out_as_they_went_in(void **state)
{
    (void)state;
    for (unsigned form = 0; form < 16; form++) {
        bool zip64 = (form & 1) != 0, behind = (form & 2) != 0, stored = (form & 4) != 0;
        struct zip_make_member members[] = {
            {.name = "b/b.csv", .data = text_b, .size = strlen(text_b)},
            {.name = "a.csv", .data = text_a, .size = strlen(text_a)},
            {.name = "b/", .data = "", .stored = true},
            {.name = "empty", .data = ""},
        };
        for (size_t i = 0; i < ARRAY_COUNT(members); i++) {
            members[i].zip64 = zip64;
            members[i].behind = behind;
            members[i].stored = members[i].stored || stored;
        }
        struct zip_made made = zip_make(members, ARRAY_COUNT(members), (form & 8) != 0,
                                        "a comment with PK\005\006 in it");
        struct zip_archive *archive;
        struct problem problem;
        problem_init(&problem);
        if (zip_archive_open_memory("a.zip", made.data, made.size, &archive, &problem) != STATUS_OK)
            fail_msg("form %u: %s", form, problem.found);
        assert_int_equal(zip_archive_count(archive), 4);
        check_member(archive, 0, "a.csv", text_a, strlen(text_a));
        check_member(archive, 1, "b/", "", 0);
        check_member(archive, 2, "b/b.csv", text_b, strlen(text_b));
        check_member(archive, 3, "empty", "", 0);
        assert_true(zip_archive_member(archive, 1)->folder);
        assert_false(zip_archive_member(archive, 2)->folder);
        zip_archive_close(archive);
        free(made.data);
    }
}

static void random_members(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 17, 0);
    for (unsigned round = 0; round < 60; round++) {
        struct zip_make_member members[8] = {0};
        char names[8][16];
        size_t count = 1 + (size_t)random_below(&random, 8);
        for (size_t i = 0; i < count; i++) {
            size_t size = (size_t)random_below(&random, round % 10 == 0 ? 700000 : 3000);
            unsigned char *data = malloc(size + 1);
            assert_non_null(data);
            uint64_t kinds = 1 + random_below(&random, 250);
            for (size_t k = 0; k < size; k++)
                data[k] = (unsigned char)random_below(&random, kinds);
            (void)snprintf(names[i], sizeof names[i], "m%zu", i);
            members[i] = (struct zip_make_member){.name = names[i],
                                                  .data = data,
                                                  .size = size,
                                                  .stored = random_below(&random, 3) == 0,
                                                  .zip64 = random_below(&random, 2) == 0,
                                                  .behind = random_below(&random, 2) == 0};
        }
        struct zip_made made = zip_make(members, count, round % 2 == 0, "");
        char path[] = "/tmp/tern-zip-XXXXXX";
        int descriptor = mkstemp(path);
        assert_true(descriptor >= 0);
        assert_int_equal(write(descriptor, made.data, made.size), made.size);
        assert_int_equal(close(descriptor), 0);
        struct zip_archive *archive;
        struct problem problem;
        problem_init(&problem);
        assert_int_equal(zip_archive_open(path, &archive, &problem), STATUS_OK);
        assert_int_equal(zip_archive_count(archive), count);
        for (size_t i = 0; i < count; i++) {
            check_member(archive, i, names[i], members[i].data, members[i].size);
            free((void *)(uintptr_t)members[i].data);
        }
        zip_archive_close(archive);
        assert_int_equal(unlink(path), 0);
        free(made.data);
    }
}

static struct zip_made two_members(bool stored, bool zip64)
{
    struct zip_make_member members[] = {
        {.name = "a.csv", .data = text_a, .size = strlen(text_a), .stored = stored, .zip64 = zip64},
        {.name = "b.csv", .data = text_b, .size = strlen(text_b), .stored = stored, .zip64 = zip64},
    };
    return zip_make(members, 2, zip64, "");
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    for (unsigned form = 0; form < 4; form++) {
        struct zip_made made = two_members((form & 1) != 0, (form & 2) != 0);
        for (size_t size = 0; size < made.size; size++) {
            struct zip_archive *archive;
            struct problem problem;
            unsigned char *cut = malloc(size + 1); /* of its own, so that sanitizers see its end */
            assert_non_null(cut);
            memcpy(cut, made.data, size);
            problem_init(&problem);
            if (zip_archive_open_memory("a.zip", cut, size, &archive, &problem) == STATUS_OK)
                fail_msg("%zu of %zu bytes were an archive", size, made.size);
            assert_null(archive);
            assert_int_equal(problem.status, STATUS_DATA_INVALID);
            assert_true(problem.found[0] != '\0' && problem.next[0] != '\0');
            free(cut);
        }
        free(made.data);
    }
}

/* Dates, versions and attributes may change and nothing comes of it; the bytes may not. */
static void no_flipped_bit_gives_other_bytes(void **state)
{
    (void)state;
    unsigned refused = 0, same = 0;
    for (unsigned form = 0; form < 4; form++) {
        struct zip_made made = two_members((form & 1) != 0, (form & 2) != 0);
        for (size_t at = 0; at < made.size; at++) {
            for (unsigned bit = 0; bit < 8; bit++) {
                made.data[at] ^= (unsigned char)(1u << bit);
                struct zip_archive *archive;
                struct problem problem;
                problem_init(&problem);
                enum status status = zip_archive_open_memory("a.zip", made.data, made.size,
                                                             &archive, &problem);
                size_t count = status == STATUS_OK ? zip_archive_count(archive) : 0;
                refused += status != STATUS_OK ? 1 : 0;
                for (size_t i = 0; i < count; i++) {
                    size_t size = 0;
                    char *text = read_member(archive, i, 64, &size, &problem);
                    refused += text == NULL ? 1 : 0;
                    same += text != NULL ? 1 : 0;
                    if (text != NULL && size == strlen(text_a))
                        assert_memory_equal(text, text_a, size);
                    else if (text != NULL && size == strlen(text_b))
                        assert_memory_equal(text, text_b, size);
                    else if (text != NULL)
                        fail_msg("byte %zu, bit %u: %zu other bytes", at, bit, size);
                    free(text);
                }
                zip_archive_close(archive);
                made.data[at] ^= (unsigned char)(1u << bit);
            }
        }
        free(made.data);
    }
    assert_true(refused > 1000 && same > 1000);
}

struct fault {
    const char *name;
    struct zip_make_member member; /* of the second member, a.csv stays whole */
    const char *found;             /* at opening or at reading */
};

static const struct fault faults[] = {
    {"encrypted", {.flags = 1}, "encrypted"},
    {"AES", {.method = 99}, "encrypted"},
    {"bzip2", {.method = 12}, "bzip2 (12)"},
    {"LZMA", {.method = 14}, "LZMA"},
    {"zstd", {.method = 93}, "zstd"},
    {"an unknown packing", {.method = 77}, "an unknown packing (77)"},
    {"another CRC", {.crc = 12345}, "check sum"},
    {"another CRC, stored", {.stored = true, .crc = 12345}, "check sum"},
    {"more than it says", {.size_told = 10}, "unpack to more"},
    {"less than it says", {.size_told = 100000}, "another size"},
    {"less than it says, stored", {.stored = true, .size_told = 100000}, "another size"},
    {"more than it says, stored", {.stored = true, .size_told = 10}, "unpack to more"},
    {"cut packed bytes", {.packed_told = 20}, "end too early"},
    {"packed bytes beyond", {.packed_told = 100000}, "overlap"},
    {"a bomb", {.size_told = 0xfffffff0u}, "would unpack to 4294967280"},
    {"another place", {.offset_told = 1}, "overlap"},
    {"a place outside", {.offset_told = 1000000}, "overlap"},
    {"the place of the first", {.offset_told = 1000001, .zip64 = true}, "overlap"},
    {"another name in its header", {.local_name = "b.csvv"}, "differs from the directory"},
    {"damaged data", {.stored = true, .method = 8}, "damaged"},
};

static void each_fault_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(faults); i++) {
        struct zip_make_member members[2] = {
            {.name = "a.csv", .data = text_a, .size = strlen(text_a)}, faults[i].member};
        members[1].name = "b.csv";
        members[1].data = text_b;
        members[1].size = strlen(text_b);
        struct zip_made made = zip_make(members, 2, false, "");
        struct zip_archive *archive;
        struct problem problem;
        problem_init(&problem);
        size_t size = 0;
        char *text = NULL;
        if (zip_archive_open_memory("a.zip", made.data, made.size, &archive, &problem) == STATUS_OK)
            text = read_member(archive, 1, 4096, &size, &problem);
        if (text != NULL || strstr(problem.found, faults[i].found) == NULL)
            fail_msg("%s: found %s", faults[i].name, text != NULL ? "nothing" : problem.found);
        assert_int_equal(problem.status, STATUS_DATA_INVALID);
        zip_archive_close(archive);
        free(made.data);
    }
}

static void patch(struct zip_made *made, size_t at, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        made->data[at + i] = (unsigned char)(value >> (8 * i));
}

static void expect_refused(struct zip_made *made, const char *found)
{
    struct zip_archive *archive;
    struct problem problem;
    problem_init(&problem);
    enum status status = zip_archive_open_memory("a.zip", made->data, made->size, &archive,
                                                 &problem);
    if (status != STATUS_DATA_INVALID || strstr(problem.found, found) == NULL)
        fail_msg("expected \"%s\", found \"%s\"", found, problem.found);
    free(made->data);
}

static void each_fault_of_the_directory_is_named(void **state)
{
    (void)state;
    struct zip_made made = two_members(false, false);
    patch(&made, made.end + 4, 1, 2);
    expect_refused(&made, "several files");
    made = two_members(false, false);
    patch(&made, made.end + 8, 1, 2);
    expect_refused(&made, "several files");
    made = two_members(false, false);
    patch(&made, made.end + 8, 50000, 2);
    patch(&made, made.end + 10, 50000, 2);
    expect_refused(&made, "damaged");
    made = two_members(false, false);
    patch(&made, made.end + 16, made.size, 4);
    expect_refused(&made, "outside");
    made = two_members(false, false);
    patch(&made, made.end + 12, 0x7fffffff, 4);
    expect_refused(&made, "outside");
    made = two_members(false, false);
    patch(&made, made.directory + 28, 900, 2);
    expect_refused(&made, "damaged");
    made = two_members(false, false);
    patch(&made, made.directory + 28, 0, 2);
    expect_refused(&made, "damaged");
    /* The first member's bytes reach into the second member. */
    made = two_members(false, false);
    patch(&made, made.directory + 20, 40, 4);
    expect_refused(&made, "overlap");
    made = two_members(false, false);
    patch(&made, made.end + 10, 0xffff, 2);
    expect_refused(&made, "zip64 end of the directory is missing");
    made = two_members(false, true);
    patch(&made, made.end - 20 + 8, made.end, 8);
    expect_refused(&made, "lies elsewhere");
    made = two_members(false, true);
    patch(&made, made.end - 20 - 56 + 32, UINT64_C(1) << 40, 8);
    expect_refused(&made, "damaged");
    made = two_members(false, true);
    patch(&made, made.end - 20 - 56 + 24, UINT64_C(1) << 40, 8);
    patch(&made, made.end - 20 - 56 + 32, UINT64_C(1) << 40, 8);
    expect_refused(&made, "more members");
}

static void names_cannot_draw(void **state)
{
    (void)state;
    struct zip_make_member members[] = {
        {.name = "../../\x1b[2Jetc\xff.csv", .data = text_a, .size = strlen(text_a)}};
    struct zip_made made = zip_make(members, 1, false, "");
    struct zip_archive *archive;
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(zip_archive_open_memory("a.zip", made.data, made.size, &archive, &problem),
                     STATUS_OK);
    check_member(archive, 0, "../../?[2Jetc?.csv", text_a, strlen(text_a));
    zip_archive_close(archive);
    free(made.data);
}

static void what_is_no_archive(void **state)
{
    (void)state;
    struct zip_archive *archive;
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(zip_archive_open("/nowhere/a.zip", &archive, &problem), STATUS_NOT_FOUND);
    problem_init(&problem);
    assert_int_equal(zip_archive_open("/tmp", &archive, &problem), STATUS_DATA_INVALID);
    assert_false(zip_begins("PK\003", 3));
    assert_true(zip_begins("PK\003\004", 4));
    assert_true(zip_begins("PK\005\006", 4));
    assert_false(zip_begins("PK\001\002", 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_out_as_they_went_in),
        cmocka_unit_test(random_members),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(no_flipped_bit_gives_other_bytes),
        cmocka_unit_test(each_fault_is_named),
        cmocka_unit_test(each_fault_of_the_directory_is_named),
        cmocka_unit_test(names_cannot_draw),
        cmocka_unit_test(what_is_no_archive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
