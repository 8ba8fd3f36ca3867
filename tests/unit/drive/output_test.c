/* The files of a result: byte for byte, and all or nothing whatever the disk does. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "drive/report/output.h"
#include "drive/report/result_files.h"
#include "drive/result/warnings.h"
#include "result_fixture.h"
#include "../json_check.h"

/* ---- a folder for each test ------------------------------------------------------------------ */

struct place {
    char root[64];
    char directory[128];
};

static void place_make(struct place *place)
{
    (void)snprintf(place->root, sizeof(place->root), "/tmp/tern-output-XXXXXX");
    assert_non_null(mkdtemp(place->root));
    (void)snprintf(place->directory, sizeof(place->directory), "%s/run", place->root);
}

static void tree_remove(const char *path)
{
    DIR *directory = unlink(path) == 0 ? NULL : opendir(path);
    if (directory == NULL)
        return;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        char inner[512];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        (void)snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
        tree_remove(inner);
    }
    (void)closedir(directory);
    (void)rmdir(path);
}

static char *file_read(const char *directory, const char *name, size_t *size)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    enum { MOST = 1 << 22 };
    char *text = malloc(MOST);
    assert_non_null(text);
    *size = fread(text, 1, MOST - 1, file);
    text[*size] = '\0';
    (void)fclose(file);
    return text;
}

static void file_write(const char *directory, const char *name, const char *text)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static unsigned entries(const char *path)
{
    DIR *directory = opendir(path);
    if (directory == NULL)
        return 0;
    unsigned count = 0;
    while (readdir(directory) != NULL)
        count++;
    (void)closedir(directory);
    return count - 2;
}

static bool exists(const char *directory, const char *name)
{
    char path[512];
    struct stat facts;
    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    return lstat(path, &facts) == 0;
}

static enum status save(const struct output_disk *disk, const char *directory,
                        const struct backtest_result *result, const struct metrics *metrics,
                        struct problem *problem)
{
    struct result_output output;
    problem_init(problem);
    enum status status = result_output_begin(&output, disk, directory, problem);
    if (status == STATUS_OK)
        status = result_output_write(&output, result, metrics, problem);
    if (status == STATUS_OK)
        status = result_output_commit(&output, problem);
    return status;
}

/* ---- a disk whose k-th operation fails ------------------------------------------------------- */

struct faulty {
    int operations; /* so far */
    int fail_at;    /* from 1; 0: none */
    bool stays;     /* every later one fails too */
    int error;
    bool no_exchange;
    bool must_show; /* the fault struck where the new files were made */
};

static int strike(void *context)
{
    struct faulty *faulty = context;
    faulty->operations++;
    bool fails = faulty->fail_at > 0 && (faulty->operations == faulty->fail_at ||
                                         (faulty->stays && faulty->operations > faulty->fail_at));
    return fails ? faulty->error : 0;
}

/* Of a file being made: this failure may not be passed over. */
static int strike_file(void *context)
{
    int error = strike(context);
    ((struct faulty *)context)->must_show |= error != 0;
    return error;
}

static int faulty_resolve(void *context, const char *path, char out[OUTPUT_PATH_SIZE])
{
    int error = strike(context);
    return error != 0 ? error : output_disk_posix.resolve(NULL, path, out);
}

static int faulty_kind(void *context, const char *path, enum output_kind *kind)
{
    int error = strike(context);
    return error != 0 ? error : output_disk_posix.kind(NULL, path, kind);
}

static int faulty_list(void *context, const char *path, struct output_names *names)
{
    int error = strike(context);
    return error != 0 ? error : output_disk_posix.list(NULL, path, names);
}

static int faulty_read(void *context, const char *path, char *data, size_t size, size_t *got)
{
    int error = strike(context);
    return error != 0 ? error : output_disk_posix.read(NULL, path, data, size, got);
}

static int faulty_make_directory(void *context, const char *path)
{
    int error = strike(context);
    return error != 0 ? error : output_disk_posix.make_directory(NULL, path);
}

static int faulty_create(void *context, const char *path, int *descriptor)
{
    int error = strike_file(context);
    return error != 0 ? error : output_disk_posix.create(NULL, path, descriptor);
}

/* A failing write first writes half; one that does not fail writes at most 1000 bytes. */
static int faulty_write(void *context, int descriptor, const char *data, size_t size,
                        size_t *written)
{
    int error = strike_file(context);
    if (error == 0)
        return output_disk_posix.write(NULL, descriptor, data, size < 1000 ? size : 1000, written);
    (void)output_disk_posix.write(NULL, descriptor, data, size / 2, written);
    *written = 0;
    return error;
}

/* The tests ask what is there after a failure, not after a power cut: syncs are counted, not
 * done. */
static int faulty_sync(void *context, int descriptor)
{
    (void)descriptor;
    return strike_file(context);
}

/* A failing close closes all the same, as the kernel does. */
static int faulty_close(void *context, int descriptor)
{
    int error = strike_file(context), real = output_disk_posix.close(NULL, descriptor);
    return error != 0 ? error : real;
}

static int faulty_sync_directory(void *context, const char *path)
{
    (void)path;
    return strike(context);
}

static int faulty_rename(void *context, const char *from, const char *to)
{
    int error = strike(context);
    return error != 0 ? error : output_disk_posix.rename(NULL, from, to);
}

static int faulty_exchange(void *context, const char *a, const char *b)
{
    int error = strike(context);
    if (((struct faulty *)context)->no_exchange)
        return EINVAL;
    return error != 0 ? error : output_disk_posix.exchange(NULL, a, b);
}

static int faulty_remove_file(void *context, const char *path)
{
    int error = strike(context);
    return error != 0 ? error : output_disk_posix.remove_file(NULL, path);
}

static int faulty_remove_directory(void *context, const char *path)
{
    int error = strike(context);
    return error != 0 ? error : output_disk_posix.remove_directory(NULL, path);
}

static struct output_disk faulty_disk(struct faulty *faulty)
{
    return (struct output_disk){.context = faulty,
                                .resolve = faulty_resolve,
                                .kind = faulty_kind,
                                .list = faulty_list,
                                .read = faulty_read,
                                .make_directory = faulty_make_directory,
                                .create = faulty_create,
                                .write = faulty_write,
                                .sync = faulty_sync,
                                .close = faulty_close,
                                .sync_directory = faulty_sync_directory,
                                .rename = faulty_rename,
                                .exchange = faulty_exchange,
                                .remove_file = faulty_remove_file,
                                .remove_directory = faulty_remove_directory};
}

/* ---- golden ---------------------------------------------------------------------------------- */

static void prepared(struct backtest_result *result, struct metrics *metrics, bool hostile)
{
    fixture_init(result, hostile);
    fixture_expect(backtest_result_conclude(result, NULL, metrics));
}

static void starts_with(const char *directory, const char *name, const char *wanted)
{
    size_t size;
    char *text = file_read(directory, name, &size);
    assert_non_null(text);
    if (strncmp(text, wanted, strlen(wanted)) != 0) {
        text[strlen(wanted)] = '\0';
        assert_string_equal(text, wanted);
    }
    free(text);
}

static void golden_files(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    struct problem problem;
    struct place place;
    place_make(&place);
    prepared(&result, &metrics, false);
    assert_int_equal(save(&output_disk_posix, place.directory, &result, &metrics, &problem),
                     STATUS_OK);
    assert_int_equal(entries(place.root), 1);
    assert_int_equal(entries(place.directory), 8);
    starts_with(place.directory, "fills.csv",
                "time,time_ns,bot,instrument,side,quantity,price,fee,fee_asset,liquidity,"
                "client_order_id,venue_trade_id\n"
                "2024-01-30T05:00:00Z,1706590800000000000,score-btc,BTC-USDT,buy,0.12345,40000.12,"
                "0.5,USDT,taker,o-0,1\n"
                "2024-01-30T20:00:00Z,1706644800000000000,score-btc,BTC-USDT,buy,0.12345,40000.12,"
                "0.5,USDT,maker,o-1,2\n"
                "2024-01-31T06:00:00Z,1706680800000000000,cross-eth,ETH-USDT,sell,0.12345,"
                "40000.12,0.5,USDT,taker,o-2,3\n");
    starts_with(place.directory, "orders.csv",
                "time,time_ns,bot,instrument,side,type,quantity,price,filled,average_price,state,"
                "reason,client_order_id,end_time,end_time_ns\n"
                "2024-01-30T04:59:59.999999999Z,1706590799999999999,score-btc,BTC-USDT,buy,market,"
                "0.12345,,0.12345,40000.12,filled,,o-0,2024-01-30T05:00:00Z,1706590800000000000\n"
                "2024-01-30T19:59:59.999999999Z,1706644799999999999,score-btc,BTC-USDT,buy,limit,"
                "0.12345,40000,0.12345,40000.12,filled,,o-1,2024-01-30T20:00:00Z,"
                "1706644800000000000\n");
    starts_with(place.directory, "equity.csv",
                "time,time_ns,equity,cash,exposure,drawdown\n"
                "2024-01-30T01:00:00Z,1706576400000000000,10008.03,10008.03,0,0\n");
    starts_with(place.directory, "trips.csv",
                "open_time,open_time_ns,close_time,close_time_ns,bot,instrument,side,quantity,"
                "entry_price,exit_price,realized,fees,net,bars_held,exit_reason,favourable,"
                "adverse\n"
                "2024-01-30T05:00:00Z,1706590800000000000,2024-01-30T15:00:00Z,"
                "1706626800000000000,score-btc,BTC-USDT,long,0.12345,40000.125,40100,50.25,1,"
                "49.25,10,signal,0.0125,0.0000001\n"
                "2024-01-30T20:00:00Z,1706644800000000000,2024-01-31T00:00:00Z,"
                "1706659200000000000,score-btc,BTC-USDT,long,0.12345,40000.125,40100,30,1,29,4,"
                "take_profit,,\n");
    starts_with(place.directory, "metrics.csv",
                "name,value,unit,title\nreturn,0.00905,ratio,Return\n");
    starts_with(place.directory, "report.md", "# Back-test two.yaml\n\n- **Doubt:** ");
    starts_with(place.directory, "result.json",
                "{\n \"schema\":\"tern.backtest/1\",\n \"version\":\"0.1.0\",\n"
                " \"config_hash\":\"00000000000000020000000000000001\",\n"
                " \"data_hash\":\"00000000000000040000000000000003\",\n"
                " \"journal_hash\":\"0000000000000000ffffffffffffffff\",\n"
                " \"seed\":\"18446744073709551615\",\n"
                " \"from\":\"2024-01-30T00:00:00Z\",\n \"to\":\"2024-03-10T00:00:00Z\",\n"
                " \"inputs\":3840,\n \"bars\":1920,\n \"wall_seconds\":0.0125,\n"
                " \"currency\":\"USDT\",\n \"start_equity\":\"10000\",\n"
                " \"end_equity\":\"10090.5\",\n \"realized\":\"100.5\",\n"
                " \"unrealized\":\"-3.25\",\n \"fees\":\"6.75\",\n \"funding\":\"0\",\n"
                " \"orders\":6,\n \"fills\":6,\n \"trips\":6,\n \"trials\":3,\n"
                " \"denied\":{\n  \"cash_reserve\":2,\n  \"no_short\":1\n },\n"
                " \"metrics\":{\n  \"return\":0.00905,\n");
    size_t size;
    char *text = file_read(place.directory, "orders.csv", &size);
    assert_non_null(strstr(text, ",market,0.12345,,0,,open,,o-5,,\n"));
    free(text);
    text = file_read(place.directory, "result.json", &size);
    assert_non_null(strstr(text, "\n \"warnings\":[\n  \"fewer than 30 round trips\",\n"
                                 "  \"a position was still open at the end: score-btc\"\n ],\n"
                                 " \"bots\":[\n  {\n   \"name\":\"score-btc\",\n"
                                 "   \"realized\":\"120.5\",\n   \"unrealized\":\"-3.25\",\n"
                                 "   \"fees\":\"4.75\",\n   \"trips\":4,\n"));
    assert_true(json_is_valid((struct text){text, size}));
    free(text);
    backtest_result_release(&result);
    tree_remove(place.root);
}

/* Names with quotes, commas, line ends, escapes and broken UTF-8. */
static void hostile_names(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    struct problem problem;
    struct place place;
    place_make(&place);
    prepared(&result, &metrics, true);
    (void)text_copy(result.bots.items[1].name, RESULT_NAME_SIZE, TEXT("x,y"));
    assert_int_equal(save(&output_disk_posix, place.directory, &result, &metrics, &problem),
                     STATUS_OK);
    size_t size;
    char *text = file_read(place.directory, "result.json", &size);
    assert_true(json_is_valid((struct text){text, size}));
    assert_non_null(strstr(text, "a,\\\"b\\\"\\n<i>\\u001b[31m&'"));
    free(text);
    text = file_read(place.directory, "trips.csv", &size);
    assert_non_null(strstr(text, ",\"a,\"\"b\"\"\n<i>"));
    assert_non_null(strstr(text, ",\"x,y\","));
    free(text);
    backtest_result_release(&result);
    tree_remove(place.root);
}

/* A result without anything is still valid JSON, and a report. */
static void empty_result(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    struct problem problem;
    struct place place;
    place_make(&place);
    backtest_result_init(&result);
    fixture_expect(backtest_result_conclude(&result, NULL, &metrics));
    assert_int_equal(save(&output_disk_posix, place.directory, &result, &metrics, &problem),
                     STATUS_OK);
    size_t size;
    char *text = file_read(place.directory, "result.json", &size);
    assert_true(json_is_valid((struct text){text, size}));
    assert_non_null(strstr(text, "\"sharpe\":null"));
    assert_non_null(strstr(text, "\"trials\":1,"));
    free(text);
    starts_with(place.directory, "report.html", "<!doctype html>\n");
    backtest_result_release(&result);
    tree_remove(place.root);
}

/* ---- what may be replaced -------------------------------------------------------------------- */

static void targets(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    struct problem problem;
    struct place place;
    char path[256];
    size_t size;
    place_make(&place);
    prepared(&result, &metrics, false);
    /* Missing directories above are made; an empty one is taken; a slash at the end is no name. */
    (void)snprintf(path, sizeof(path), "%s/a/b/c//", place.root);
    assert_int_equal(save(&output_disk_posix, path, &result, &metrics, &problem), STATUS_OK);
    assert_int_equal(mkdir(place.directory, 0777), 0);
    assert_int_equal(save(&output_disk_posix, place.directory, &result, &metrics, &problem),
                     STATUS_OK);
    assert_int_equal(entries(place.directory), 8);
    /* An earlier result is replaced, its journal included, also through a link. */
    (void)snprintf(path, sizeof(path), "%s/journal", place.directory);
    assert_int_equal(mkdir(path, 0777), 0);
    file_write(path, "segment-1", "x");
    (void)snprintf(path, sizeof(path), "%s/link", place.root);
    assert_int_equal(symlink("run", path), 0);
    result.seed = 77;
    assert_int_equal(save(&output_disk_posix, path, &result, &metrics, &problem), STATUS_OK);
    assert_int_equal(entries(place.directory), 8);
    assert_int_equal(entries(place.root), 3); /* a, run, link */
    char *text = file_read(place.directory, "result.json", &size);
    assert_non_null(strstr(text, "\"seed\":\"77\""));
    free(text);
    /* A file of somebody else beside it: nothing is touched. */
    file_write(place.directory, "notes.md", "mine");
    result.seed = 78;
    assert_int_equal(save(&output_disk_posix, place.directory, &result, &metrics, &problem),
                     STATUS_EXISTS);
    assert_non_null(strstr(problem.where, "notes.md"));
    assert_int_equal(entries(place.directory), 9);
    text = file_read(place.directory, "result.json", &size);
    assert_non_null(strstr(text, "\"seed\":\"77\""));
    free(text);
    (void)snprintf(path, sizeof(path), "%s/notes.md", place.directory);
    assert_int_equal(unlink(path), 0);
    /* No result.json, or one of another schema, or a file in the place. */
    file_write(place.directory, "result.json", "{\"schema\":\"other/1\"}");
    assert_int_equal(save(&output_disk_posix, place.directory, &result, &metrics, &problem),
                     STATUS_EXISTS);
    file_write(place.directory, "result.json", " {\n\t\"schema\" : \"tern.backtest/2\"}");
    assert_int_equal(save(&output_disk_posix, place.directory, &result, &metrics, &problem),
                     STATUS_OK);
    (void)snprintf(path, sizeof(path), "%s/result.json", place.directory);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(save(&output_disk_posix, place.directory, &result, &metrics, &problem),
                     STATUS_EXISTS);
    (void)snprintf(path, sizeof(path), "%s/fills.csv", place.directory);
    assert_int_equal(save(&output_disk_posix, path, &result, &metrics, &problem), STATUS_EXISTS);
    assert_int_equal(save(&output_disk_posix, "", &result, &metrics, &problem), STATUS_EXISTS);
    assert_int_equal(save(&output_disk_posix, ".", &result, &metrics, &problem), STATUS_EXISTS);
    assert_int_equal(save(&output_disk_posix, "/", &result, &metrics, &problem), STATUS_EXISTS);
    assert_int_equal(entries(place.root), 3);
    backtest_result_release(&result);
    tree_remove(place.root);
}

/* A file put beside the earlier result while the run went on. */
static void changed_meanwhile(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    struct problem problem;
    struct place place;
    struct result_output output;
    place_make(&place);
    prepared(&result, &metrics, false);
    assert_int_equal(save(&output_disk_posix, place.directory, &result, &metrics, &problem),
                     STATUS_OK);
    assert_int_equal(result_output_begin(&output, &output_disk_posix, place.directory, &problem),
                     STATUS_OK);
    assert_int_equal(result_output_write(&output, &result, &metrics, &problem), STATUS_OK);
    file_write(place.directory, "notes.md", "mine");
    assert_int_equal(result_output_commit(&output, &problem), STATUS_EXISTS);
    assert_true(exists(place.directory, "notes.md"));
    assert_int_equal(entries(place.directory), 9);
    assert_int_equal(entries(place.root), 1);
    /* Abort on its own, twice, and with a journal in the partial directory. */
    char notes[256];
    (void)snprintf(notes, sizeof(notes), "%s/notes.md", place.directory);
    assert_int_equal(unlink(notes), 0);
    problem_init(&problem);
    assert_int_equal(result_output_begin(&output, &output_disk_posix, place.directory, &problem),
                     STATUS_OK);
    file_write(output.partial, "journal", "frames");
    assert_int_equal(entries(place.root), 2);
    result_output_abort(&output);
    result_output_abort(&output);
    assert_int_equal(entries(place.root), 1);
    /* A partial directory that somebody else left is stepped around, and stays. */
    char stale[256];
    (void)snprintf(stale, sizeof(stale), "%s.partial-%ld", place.directory, (long)getpid());
    assert_int_equal(mkdir(stale, 0777), 0);
    assert_int_equal(save(&output_disk_posix, place.directory, &result, &metrics, &problem),
                     STATUS_OK);
    assert_int_equal(entries(place.root), 2);
    backtest_result_release(&result);
    tree_remove(place.root);
}

/* ---- faults ---------------------------------------------------------------------------------- */

enum scenario { FRESH, EMPTY, REPLACE, REPLACE_WITHOUT_EXCHANGE, SCENARIOS };

/* Before: the old result has seed 1. Afterwards either the old one or nothing is there, or the new
 * one with seed 2; never a mixture, never anything beside it. */
static void judge_after(const struct place *place, enum scenario scenario, enum status status,
                        int operation)
{
    size_t size;
    char *text = file_read(place->directory, "result.json", &size);
    bool is_new = text != NULL && strstr(text, "\"seed\":\"2\"") != NULL;
    bool is_old = text != NULL && strstr(text, "\"seed\":\"1\"") != NULL;
    bool right = status == STATUS_OK ? is_new : scenario >= REPLACE ? is_old : text == NULL;
    if (status != STATUS_OK && scenario >= REPLACE)
        right = right && exists(place->directory, "journal");
    unsigned files = entries(place->directory);
    right = right && files == (status == STATUS_OK ? 8u : scenario >= REPLACE ? 9u : 0u);
    if (scenario == FRESH && status != STATUS_OK)
        right = right && entries(place->root) == 0;
    else if (scenario != FRESH)
        right = right && entries(place->root) == 1;
    if (!right)
        fail_msg("scenario %d, operation %d, status %s: %u files, %u beside", (int)scenario,
                 operation, status_name(status), files, entries(place->root));
    free(text);
}

static void scenario_prepare(struct place *place, enum scenario scenario,
                             struct backtest_result *result, const struct metrics *metrics)
{
    struct problem problem;
    place_make(place);
    if (scenario == FRESH)
        (void)snprintf(place->directory, sizeof(place->directory), "%s/x/y/run", place->root);
    if (scenario == EMPTY)
        assert_int_equal(mkdir(place->directory, 0777), 0);
    if (scenario < REPLACE)
        return;
    result->seed = 1;
    struct faulty sound = {0};
    struct output_disk disk = faulty_disk(&sound);
    assert_int_equal(save(&disk, place->directory, result, metrics, &problem), STATUS_OK);
    file_write(place->directory, "journal", "old frames");
}

/* Every operation of a save fails once, with every kind of target. */
static void each_operation_fails(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    prepared(&result, &metrics, false);
    result.equity.count = 30;
    for (int scenario = FRESH; scenario < SCENARIOS; scenario++) {
        int failed = 0;
        bool struck = true;
        /* Until a save comes through without meeting the fault. */
        for (int k = 1; struck; k++) {
            struct place place;
            struct problem problem;
            scenario_prepare(&place, (enum scenario)scenario, &result, &metrics);
            struct faulty faulty = {.fail_at = k,
                                    .error = k % 2 == 0 ? ENOSPC : EIO,
                                    .no_exchange = scenario == REPLACE_WITHOUT_EXCHANGE};
            struct output_disk disk = faulty_disk(&faulty);
            result.seed = 2;
            enum status status = save(&disk, place.directory, &result, &metrics, &problem);
            judge_after(&place, (enum scenario)scenario, status, k);
            struck = faulty.operations >= k;
            assert_false(status == STATUS_OK && faulty.must_show);
            if (status != STATUS_OK) {
                assert_true(struck && (status == STATUS_IO || status == STATUS_NO_SPACE));
                assert_int_equal(problem.status, status);
                assert_true(problem.where[0] != '\0' && problem.found[0] != '\0');
                failed++;
            }
            tree_remove(place.root);
        }
        assert_true(failed > 50);
    }
    backtest_result_release(&result);
}

/* From some operation on everything fails, also the clean-up: the old result is never lost, and
 * where it had to stay aside the problem says where. */
static void the_disk_dies(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    prepared(&result, &metrics, false);
    result.equity.count = 30;
    bool was_aside = false;
    for (int k = 1; k < 300; k++) {
        struct place place;
        struct problem problem;
        enum scenario scenario = k % 2 == 0 ? REPLACE : REPLACE_WITHOUT_EXCHANGE;
        scenario_prepare(&place, scenario, &result, &metrics);
        struct faulty faulty = {.fail_at = k / 2,
                                .stays = true,
                                .error = EIO,
                                .no_exchange = scenario == REPLACE_WITHOUT_EXCHANGE};
        struct output_disk disk = faulty_disk(&faulty);
        result.seed = 2;
        enum status status = save(&disk, place.directory, &result, &metrics, &problem);
        size_t size;
        char *text = file_read(place.directory, "result.json", &size);
        if (text == NULL) {
            const char *aside = strstr(problem.found, place.directory);
            assert_true(status == STATUS_IO && aside != NULL);
            text = file_read(aside, "result.json", &size);
            was_aside = true;
        }
        assert_non_null(text);
        assert_non_null(strstr(text, status == STATUS_OK ? "\"seed\":\"2\"" : "\"seed\":\"1\""));
        assert_true(json_is_valid((struct text){text, size}));
        free(text);
        tree_remove(place.root);
    }
    assert_true(was_aside);
    backtest_result_release(&result);
}

/* No right to write: said, and nothing changed. As root rights do not bind, so a file stands in
 * the way instead. */
static void no_permission(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    struct problem problem;
    struct place place;
    char path[256];
    place_make(&place);
    prepared(&result, &metrics, false);
    file_write(place.root, "file", "x");
    (void)snprintf(path, sizeof(path), "%s/file/run", place.root);
    assert_int_equal(save(&output_disk_posix, path, &result, &metrics, &problem), STATUS_IO);
    assert_int_equal(entries(place.root), 1);
    if (geteuid() != 0) {
        assert_int_equal(chmod(place.root, 0555), 0);
        assert_int_equal(save(&output_disk_posix, place.directory, &result, &metrics, &problem),
                         STATUS_IO);
        assert_int_equal(chmod(place.root, 0755), 0);
        assert_int_equal(entries(place.root), 1);
    }
    char name[OUTPUT_PATH_SIZE + 10];
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    assert_int_equal(save(&output_disk_posix, name, &result, &metrics, &problem), STATUS_IO);
    backtest_result_release(&result);
    tree_remove(place.root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),      cmocka_unit_test(hostile_names),
        cmocka_unit_test(empty_result),      cmocka_unit_test(targets),
        cmocka_unit_test(changed_meanwhile), cmocka_unit_test(each_operation_fails),
        cmocka_unit_test(the_disk_dies),     cmocka_unit_test(no_permission),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
