/* Bytes out of files, memory and gzip, with every fault a file can have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "import_support.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Everything that a decoded source over `blob` gives; *out is the caller's to free. */
static enum status decode(struct blob blob, size_t piece_max, unsigned long fail_at,
                          unsigned long *reads, struct blob *out, struct problem *problem)
{
    struct byte_source *bytes = NULL;
    *out = (struct blob){0};
    problem_init(problem);
    *reads = 0;
    assert_int_equal(byte_source_open_memory("x.gz", blob.data, blob.size, &bytes, problem),
                     STATUS_OK);
    bytes = fault_source_new(bytes, piece_max, fail_at, reads);
    enum status status = byte_source_open_decoded(bytes, &bytes, problem);
    static unsigned char data[(size_t)1 << 24];
    size_t size = 0;
    if (status == STATUS_OK)
        status = byte_source_fill(bytes, data, sizeof data, &size, problem);
    byte_source_close(bytes);
    if (status == STATUS_OK)
        *out = blob_of(data, size);
    assert_int_equal(status, problem->status);
    return status;
}

static struct blob random_blob(struct random *random, size_t size)
{
    struct blob blob = {malloc(size > 0 ? size : 1), size};
    assert_non_null(blob.data);
    for (size_t i = 0; i < size; i++)
        blob.data[i] = (unsigned char)('a' + random_below(random, 4));
    if (size > 0)
        blob.data[0] = 'a';
    return blob;
}

static void check_decode(struct blob packed, size_t piece_max, struct blob expected)
{
    struct problem problem;
    struct blob out;
    unsigned long reads;
    if (decode(packed, piece_max, 0, &reads, &out, &problem) != STATUS_OK)
        fail_msg("%s %s", problem.where, problem.found);
    assert_int_equal(out.size, expected.size);
    assert_memory_equal(out.data, expected.data, expected.size);
    free(out.data);
}

static void check_refused(struct blob packed, enum status status, const char *found)
{
    struct problem problem;
    struct blob out;
    unsigned long reads;
    assert_int_equal(decode(packed, 0, 0, &reads, &out, &problem), status);
    if (strncmp(problem.found, found, strlen(found)) != 0)
        fail_msg("found: %s; expected: %s", problem.found, found);
    assert_string_equal(problem.where, "x.gz");
}

static void plain_and_packed_give_the_same(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 3, 0);
    static const size_t sizes[] = {0,
                                   1,
                                   2,
                                   3,
                                   4,
                                   100,
                                   65536,
                                   BYTE_SOURCE_BLOCK_SIZE - 1,
                                   BYTE_SOURCE_BLOCK_SIZE,
                                   BYTE_SOURCE_BLOCK_SIZE + 1,
                                   1000000};
    static const size_t pieces[] = {0, 1, 7, 4096};
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        struct blob plain = random_blob(&random, sizes[i]);
        struct blob packed = blob_gzip(plain.data, plain.size, 1 + (int)(i % 9));
        struct blob stored = blob_gzip(plain.data, plain.size, 0);
        for (size_t k = 0; k < ARRAY_COUNT(pieces); k++) {
            check_decode(plain, pieces[k], plain);
            check_decode(packed, pieces[k], plain);
            check_decode(stored, pieces[k], plain);
        }
        free(plain.data);
        free(packed.data);
        free(stored.data);
    }
}

/* Highly packed content unpacks to many blocks from one block of input. */
static void a_small_input_unpacks_to_a_large_output(void **state)
{
    (void)state;
    struct blob plain = {calloc(1, 9000000), 9000000};
    assert_non_null(plain.data);
    struct blob packed = blob_gzip(plain.data, plain.size, 9);
    assert_true(packed.size < 10000);
    check_decode(packed, 0, plain);
    free(plain.data);
    free(packed.data);
}

static void members_follow_each_other(void **state)
{
    (void)state;
    struct blob first = blob_gzip("abc", 3, 9);
    struct blob empty = blob_gzip("", 0, 9);
    struct blob last = blob_gzip("defg", 4, 1);
    struct blob padding = blob_of("\0\0\0\0\0\0", 6);
    struct blob all = blob_join(blob_join(first, empty), blob_join(last, padding));
    struct blob expected = blob_of("abcdefg", 7);
    for (size_t piece = 0; piece < 40; piece++)
        check_decode(all, piece, expected);
    free(all.data);
    free(expected.data);
}

static void rubbish_behind_the_data_is_refused(void **state)
{
    (void)state;
    struct blob all = blob_join(blob_gzip("abc", 3, 9), blob_of("rubbish", 7));
    check_refused(all, STATUS_DATA_INVALID,
                  "bytes that are no gzip data follow the end of the data");
    free(all.data);
    all = blob_join(blob_gzip("abc", 3, 9), blob_of("\0\0\x1f", 3));
    check_refused(all, STATUS_DATA_INVALID,
                  "bytes that are no gzip data follow the end of the data");
    free(all.data);
    all = blob_join(blob_gzip("abc", 3, 9), blob_of("\x1f\x8b\x08", 3));
    check_refused(all, STATUS_DATA_INVALID, "the gzip data end too early");
    free(all.data);
}

/* Every shorter beginning is refused, for it lacks at least the check at its end. */
static void every_truncation_is_found(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 4, 0);
    struct blob plain = random_blob(&random, 3000);
    struct blob packed = blob_gzip(plain.data, plain.size, 9);
    for (size_t size = 1; size < packed.size; size++) {
        struct blob cut = blob_of(packed.data, size);
        check_refused(cut, STATUS_DATA_INVALID, "the gzip data end too early");
        free(cut.data);
    }
    free(plain.data);
    free(packed.data);
}

/* A changed bit is found, or lies where it changes nothing (time, system, flags, filling bits). */
static void every_changed_bit_is_found(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 5, 0);
    struct blob plain = random_blob(&random, 500);
    struct blob packed = blob_gzip(plain.data, plain.size, 9);
    size_t unnoticed = 0;
    for (size_t bit = 8; bit < packed.size * 8; bit++) {
        struct blob changed = blob_of(packed.data, packed.size);
        changed.data[bit / 8] ^= (unsigned char)(1U << (bit % 8));
        struct problem problem;
        struct blob out;
        unsigned long reads;
        if (decode(changed, 0, 0, &reads, &out, &problem) == STATUS_OK) {
            assert_int_equal(out.size, plain.size);
            assert_memory_equal(out.data, plain.data, plain.size);
            unnoticed++;
            free(out.data);
        }
        free(changed.data);
    }
    assert_true(unnoticed < 80);
    packed.data[packed.size - 8] ^= 1;
    check_refused(packed, STATUS_DATA_INVALID, "the gzip data do not match their check sum");
    packed.data[packed.size - 8] ^= 1;
    packed.data[packed.size - 4] ^= 1;
    check_refused(packed, STATUS_DATA_INVALID, "the gzip data do not match their check sum");
    packed.data[1] ^= 1;
    check_refused(packed, STATUS_DATA_INVALID, "the gzip data are damaged");
    free(plain.data);
    free(packed.data);
}

static void a_failed_read_comes_through(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 6, 0);
    struct blob plain = random_blob(&random, 3000);
    struct blob packed = blob_gzip(plain.data, plain.size, 9);
    for (int form = 0; form < 2; form++) {
        struct problem problem;
        struct blob out;
        unsigned long reads, fail_at;
        for (fail_at = 1;; fail_at++) {
            enum status status = decode(form == 0 ? plain : packed, 50, fail_at, &reads, &out,
                                        &problem);
            if (status == STATUS_OK)
                break;
            assert_int_equal(status, STATUS_IO);
            assert_null(out.data);
        }
        assert_true(fail_at > 10);
        assert_int_equal(out.size, plain.size);
        free(out.data);
    }
    free(plain.data);
    free(packed.data);
}

static void other_formats_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *found;
    } rows[] = {
        {"PK\003\004....", 8, "found a zip archive"},
        {"\x28\xb5\x2f\xfd....", 8, "found zstd-packed data"},
        {"BZh91AY", 7, "found bzip2-packed data"},
        {"\xfd"
         "7zXZ\0",
         6, "found xz-packed data"},
        {"ARROW1\0\0", 8, "found a feather (Arrow) file"},
        {"PAR1....", 8, "found a parquet file"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct blob blob = blob_of(rows[i].bytes, rows[i].size);
        check_refused(blob, STATUS_DATA_INVALID, rows[i].found);
        free(blob.data);
    }
}

/* ---- files ---- */

struct place {
    char directory[64];
    char path[96];
};

static int make_place(void **state)
{
    static struct place place;
    snprintf(place.directory, sizeof place.directory, "/tmp/tern-import-XXXXXX");
    if (mkdtemp(place.directory) == NULL)
        return -1;
    snprintf(place.path, sizeof place.path, "%s/file", place.directory);
    *state = &place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    unlink(place->path);
    return rmdir(place->directory);
}

static void check_not_opened(const char *path, enum status status, const char *found)
{
    struct problem problem;
    problem_init(&problem);
    struct byte_source other, *bytes = &other;
    assert_int_equal(byte_source_open_file(path, &bytes, &problem), status);
    assert_null(bytes);
    assert_string_equal(problem.where, path);
    assert_string_equal(problem.found, found);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void a_file_is_read_whole(void **state)
{
    struct place *place = *state;
    struct problem problem;
    struct byte_source *bytes = NULL;
    char out[16];
    size_t size = 0;
    write_file(place->path, "hello");
    problem_init(&problem);
    assert_int_equal(byte_source_open_file(place->path, &bytes, &problem), STATUS_OK);
    assert_string_equal(bytes->name, place->path);
    assert_int_equal(byte_source_fill(bytes, out, sizeof out, &size, &problem), STATUS_OK);
    assert_int_equal(size, 5);
    assert_memory_equal(out, "hello", 5);
    byte_source_close(bytes);
    byte_source_close(NULL);
}

static void what_is_no_file_is_refused(void **state)
{
    struct place *place = *state;
    char longer[200];
    check_not_opened(place->path, STATUS_NOT_FOUND, "no such file");
    check_not_opened(place->directory, STATUS_DATA_INVALID, "found a directory");
    check_not_opened("/dev/zero", STATUS_DATA_INVALID, "found a device");
    write_file(place->path, "x");
    snprintf(longer, sizeof longer, "%s/below", place->path);
    check_not_opened(longer, STATUS_NOT_FOUND, "no such file");
}

/* Opening a pipe without a writer must not wait for one. */
static void a_pipe_is_refused_at_once(void **state)
{
    struct place *place = *state;
    assert_int_equal(mkfifo(place->path, 0600), 0);
    check_not_opened(place->path, STATUS_DATA_INVALID, "found a pipe");
}

static void a_socket_is_refused(void **state)
{
    struct place *place = *state;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(descriptor >= 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", place->path);
    assert_int_equal(bind(descriptor, (struct sockaddr *)&address, sizeof address), 0);
    check_not_opened(place->path, STATUS_DATA_INVALID, "found a socket");
    close(descriptor);
}

static void an_unreadable_file_is_refused(void **state)
{
    struct place *place = *state;
    write_file(place->path, "x");
    assert_int_equal(chmod(place->path, 0), 0);
    if (geteuid() == 0) {
        /* The superuser reads everything: give the rights up for this one look. */
        if (seteuid(65534) != 0)
            skip();
        struct problem problem;
        problem_init(&problem);
        struct byte_source *bytes = NULL;
        enum status status = byte_source_open_file(place->path, &bytes, &problem);
        assert_int_equal(seteuid(0), 0);
        /* The directory of the test is closed to others too; either way it is permission. */
        assert_int_equal(status, STATUS_IO);
        assert_string_equal(problem.found, "the file cannot be opened: Permission denied");
        return;
    }
    check_not_opened(place->path, STATUS_IO, "the file cannot be opened: Permission denied");
}

/* The memory of the process is a regular file whose first page cannot be read. */
static void a_failing_read_is_io(void **state)
{
    (void)state;
    struct problem problem;
    struct byte_source *bytes = NULL;
    char out[16];
    size_t size = 0;
    problem_init(&problem);
    if (byte_source_open_file("/proc/self/mem", &bytes, &problem) != STATUS_OK)
        skip();
    assert_int_equal(byte_source_fill(bytes, out, sizeof out, &size, &problem), STATUS_IO);
    assert_string_equal(problem.where, "/proc/self/mem");
    assert_string_equal(problem.found, "reading failed: Input/output error");
    byte_source_close(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_and_packed_give_the_same),
        cmocka_unit_test(a_small_input_unpacks_to_a_large_output),
        cmocka_unit_test(members_follow_each_other),
        cmocka_unit_test(rubbish_behind_the_data_is_refused),
        cmocka_unit_test(every_truncation_is_found),
        cmocka_unit_test(every_changed_bit_is_found),
        cmocka_unit_test(a_failed_read_comes_through),
        cmocka_unit_test(other_formats_are_named),
        cmocka_unit_test_setup_teardown(a_file_is_read_whole, make_place, remove_place),
        cmocka_unit_test_setup_teardown(what_is_no_file_is_refused, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_pipe_is_refused_at_once, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_socket_is_refused, make_place, remove_place),
        cmocka_unit_test_setup_teardown(an_unreadable_file_is_refused, make_place, remove_place),
        cmocka_unit_test(a_failing_read_is_io),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
