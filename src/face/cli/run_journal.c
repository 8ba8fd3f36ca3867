/* tern journal verify, tail, replay and tern ledger check. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/time.h"
#include "core/model/frame.h"
#include "drive/backtest/replay.h"
#include "drive/report/result_read.h"
#include "face/cli/cli_context.h"
#include "face/cli/progress.h"
#include "face/cli/store.h"
#include "world/store/journal.h"

#define JOURNAL_FACT_KINDS_MAX 256u
#define JOURNAL_TAIL_DEFAULT 20u
#define JOURNAL_FACT_SIZE_MAX 512u

/* The file that the operand means: itself, `journal` in that directory, or that of a stored result.
 * *directory is where its result may lie, "" where there is none. */
static enum status find_journal(struct cli *cli, char path[STORE_PATH_SIZE],
                                char directory[STORE_PATH_SIZE])
{
    char store[STORE_PATH_SIZE];
    const char *name = cli->arguments.operands[0];
    struct stat facts;
    directory[0] = '\0';
    if (stat(name, &facts) == 0 && !S_ISDIR(facts.st_mode)) {
        if (text_copy(path, STORE_PATH_SIZE, text_of(name)))
            return STATUS_OK;
        return problem_set(&cli->problem, STATUS_RANGE, name, "the path is too long");
    }
    if (store_path(store) != STATUS_OK)
        store[0] = '\0';
    struct problem other;
    problem_init(&other);
    if (store_find(store, name, directory, &other) != STATUS_OK) {
        problem_set(&cli->problem, STATUS_NOT_FOUND, name, "there is no such journal");
        problem_allowed(&cli->problem, "a journal, its directory, or the name of a result");
        problem_next(&cli->problem, "tern backtest list");
        return STATUS_NOT_FOUND;
    }
    int size = snprintf(path, STORE_PATH_SIZE, "%s/journal", directory);
    if (size > 0 && size < (int)STORE_PATH_SIZE)
        return STATUS_OK;
    return problem_set(&cli->problem, STATUS_RANGE, name, "the path is too long");
}

/* ---- walking over a journal ------------------------------------------------------------------ */

struct walk {
    struct cli *cli;
    const char *path;
    struct journal_reader reader;
    struct hash128 chain;
    uint64_t records[JOURNAL_FRAME + 1];
    uint64_t facts, kinds[JOURNAL_FACT_KINDS_MAX];
    uint64_t input_last; /* sequence number */
    int64_t from_ns, to_ns;
    char session[160];
    /* Each fact, in turn; may be NULL. */
    enum status (*fact)(struct walk *walk, const struct frame_header *frame,
                        const struct fact_header *fact);
    uint64_t first; /* of facts, for who prints only the last */
    struct json_writer *json;
};

static enum status walk_wrong(struct walk *walk, size_t at, enum status status, const char *what)
{
    char where[320];
    (void)snprintf(where, sizeof where, "%.280s: byte %zu", walk->path, at);
    problem_set(&walk->cli->problem, status, where, "%s",
                what == NULL ? status_sentence(status) : what);
    if (at > 0)
        problem_next(&walk->cli->problem, "what stands before is good: %llu frames, %llu facts",
                     (unsigned long long)walk->records[JOURNAL_FRAME],
                     (unsigned long long)walk->facts);
    return status;
}

static enum status walk_facts(struct walk *walk, const struct frame_header *frame,
                              const uint8_t *at)
{
    size_t classes_count;
    const struct fact_class *classes = fact_classes(&classes_count);
    for (uint32_t i = 0; i < frame->fact_count; i++) {
        _Alignas(16) uint8_t bytes[JOURNAL_FACT_SIZE_MAX];
        struct fact_header header;
        memcpy(&header, at, sizeof header);
        const struct fact_class *class = fact_class_of(header.kind);
        ASSERT(header.size <= sizeof bytes && classes_count <= JOURNAL_FACT_KINDS_MAX);
        memcpy(bytes, at, header.size);
        walk->kinds[class - classes]++;
        walk->facts++;
        if (walk->fact != NULL) {
            enum status status = walk->fact(walk, frame,
                                            (const struct fact_header *)(const void *)bytes);
            if (status != STATUS_OK)
                return status;
        }
        at += header.size;
    }
    return STATUS_OK;
}

static enum status walk_frame(struct walk *walk, const struct journal_entry *entry, size_t at)
{
    struct frame_header frame;
    uint32_t size = 0;
    enum status status = frame_check(entry->payload, entry->size, walk->chain, walk->facts + 1,
                                     &walk->chain, &size);
    if (status != STATUS_OK)
        return walk_wrong(walk, at, status,
                          status == STATUS_CORRUPT ? "the frame does not follow the one before"
                                                   : NULL);
    memcpy(&frame, entry->payload, sizeof frame);
    if (size != entry->size || frame.input_seq <= walk->input_last || frame.time_ns < walk->to_ns)
        return walk_wrong(walk, at, STATUS_CORRUPT, "the frame does not follow the one before");
    walk->input_last = frame.input_seq;
    walk->to_ns = frame.time_ns;
    if (walk->records[JOURNAL_FRAME] == 0)
        walk->from_ns = frame.time_ns;
    status = walk_facts(walk, &frame, entry->payload + FRAME_HEADER_SIZE);
    if (status == STATUS_OK)
        walk->records[JOURNAL_FRAME]++;
    return status;
}

/* STATUS_OK at the end of the journal. A journal that is cut is STATUS_TRUNCATED. */
static enum status walk_all(struct walk *walk)
{
    struct journal_entry entry;
    walk->chain = hash128_of("", 0);
    walk->to_ns = INT64_MIN;
    for (;;) {
        size_t at = walk->reader.at;
        enum status status = journal_next(&walk->reader, &entry);
        if (status == STATUS_END)
            return STATUS_OK;
        if (status != STATUS_OK)
            return walk_wrong(walk, at, status, at == 0 ? "this is no journal of tern" : NULL);
        if (entry.type == JOURNAL_FRAME) {
            status = walk_frame(walk, &entry, at);
            if (status != STATUS_OK)
                return status;
            continue;
        }
        walk->records[entry.type]++;
        if (entry.type == JOURNAL_SESSION)
            (void)text_copy_clean(
                walk->session, sizeof walk->session,
                text_trim((struct text){(const char *)entry.payload, entry.size}));
    }
}

static enum status walk_open(struct walk *walk, struct cli *cli, const char *path)
{
    *walk = (struct walk){.cli = cli, .path = path};
    return journal_reader_open(&walk->reader, path, &cli->problem);
}

/* ---- verify ---------------------------------------------------------------------------------- */

/* What the result beside the journal says of its hash: "same", "none", or a problem. */
static enum status compare_result(struct walk *walk, const char *directory, const char **out)
{
    struct backtest_result result;
    struct metrics metrics;
    struct problem ignored;
    problem_init(&ignored);
    *out = "none";
    if (directory[0] == '\0' ||
        result_summary_read(directory, &result, &metrics, &ignored) != STATUS_OK)
        return STATUS_OK;
    bool same = hash128_equal(result.journal_hash, walk->chain);
    char found[HASH_TEXT_SIZE], expected[HASH_TEXT_SIZE];
    (void)hash128_format(found, walk->chain);
    (void)hash128_format(expected, result.journal_hash);
    backtest_result_release(&result);
    *out = "same";
    if (same)
        return STATUS_OK;
    problem_set(&walk->cli->problem, STATUS_CORRUPT, walk->path,
                "its last chain value is %s: not the journal of the result beside it", found);
    problem_allowed(&walk->cli->problem, "%s", expected);
    return STATUS_CORRUPT;
}

static enum status print_verified(struct walk *walk, const char *beside)
{
    struct cli *cli = walk->cli;
    char chain[HASH_TEXT_SIZE], from[TIME_TEXT_SIZE] = "", to[TIME_TEXT_SIZE] = "";
    (void)hash128_format(chain, walk->chain);
    if (walk->records[JOURNAL_FRAME] > 0) {
        (void)time_format(from, walk->from_ns);
        (void)time_format(to, walk->to_ns);
    }
    struct cli_pairs pairs;
    cli_pairs_begin(&pairs, cli, "journal");
    cli_pair_text(&pairs, "file", walk->path);
    cli_pair_number(&pairs, "size", walk->reader.size);
    cli_pair_text(&pairs, "session", walk->session);
    cli_pair_number(&pairs, "inputs", walk->records[JOURNAL_INPUT]);
    cli_pair_number(&pairs, "frames", walk->records[JOURNAL_FRAME]);
    cli_pair_number(&pairs, "facts", walk->facts);
    cli_pair_text(&pairs, "from", from);
    cli_pair_text(&pairs, "to", to);
    cli_pair_text(&pairs, "chain", chain);
    cli_pair_text(&pairs, "result", beside);
    cli_pairs_group(&pairs, "kinds", "fact");
    size_t count;
    const struct fact_class *classes = fact_classes(&count);
    for (size_t i = 0; i < count; i++) {
        if (walk->kinds[i] > 0)
            cli_pair_number(&pairs, classes[i].name, walk->kinds[i]);
    }
    return cli_pairs_end(&pairs);
}

enum status run_journal_verify(struct cli *cli)
{
    char path[STORE_PATH_SIZE], directory[STORE_PATH_SIZE];
    struct walk walk;
    enum status status = find_journal(cli, path, directory);
    if (status == STATUS_OK)
        status = walk_open(&walk, cli, path);
    if (status != STATUS_OK)
        return status;
    const char *beside = "none";
    status = walk_all(&walk);
    if (status == STATUS_OK)
        status = compare_result(&walk, directory, &beside);
    if (status == STATUS_OK)
        status = print_verified(&walk, beside);
    journal_reader_close(&walk.reader);
    return status;
}

/* ---- tail ------------------------------------------------------------------------------------ */

static void fact_fields_json(struct json_writer *json, const struct fact_class *class,
                             const struct fact_header *fact)
{
    const uint8_t *bytes = (const uint8_t *)fact;
    for (uint32_t i = 0; i < class->field_count; i++) {
        const struct fact_field *field = &class->fields[i];
        if (strcmp(field->name, "reserved") == 0)
            continue;
        json_key(json, field->name);
        if (strcmp(field->type, "amount") == 0) {
            struct amount_bytes amount;
            memcpy(&amount, bytes + field->offset, sizeof amount);
            json_decimal(json, amount_from_bytes(amount).units, AMOUNT_DECIMALS);
        } else if (strcmp(field->type, "id") == 0) {
            char text[HASH_TEXT_SIZE];
            struct hash128 id;
            memcpy(&id, bytes + field->offset, sizeof id);
            (void)hash128_format(text, id);
            json_string(json, text);
        } else if (field->type[0] == 'u') {
            uint64_t value = 0;
            memcpy(&value, bytes + field->offset, field->size);
            json_u64(json, value);
        } else {
            int64_t value = 0;
            int32_t narrow = 0;
            memcpy(field->size == 4 ? (void *)&narrow : (void *)&value, bytes + field->offset,
                   field->size);
            json_i64(json, field->size == 4 ? narrow : value);
        }
    }
}

static void fact_json(struct walk *walk, struct json_writer *json, const struct frame_header *frame,
                      const struct fact_header *fact)
{
    const struct fact_class *class = fact_class_of(fact->kind);
    const char *cause = input_kind_name((enum input_kind)frame->cause);
    char time[TIME_TEXT_SIZE];
    (void)time_format(time, frame->time_ns);
    json_object_begin(json);
    json_key(json, "seq");
    json_u64(json, walk->facts);
    json_key(json, "time");
    json_string(json, time);
    json_key(json, "time_ns");
    json_i64(json, frame->time_ns);
    json_key(json, "input");
    json_u64(json, frame->input_seq);
    json_key(json, "cause");
    json_string(json, cause == NULL ? "" : cause);
    json_key(json, "fact");
    json_string(json, class->name);
    json_key(json, "detail");
    json_u64(json, fact->detail);
    json_key(json, "fields");
    json_object_begin(json);
    fact_fields_json(json, class, fact);
    json_object_end(json);
    json_object_end(json);
}

static void fact_line(struct walk *walk, const struct frame_header *frame,
                      const struct fact_header *fact)
{
    struct cli *cli = walk->cli;
    char time[TIME_TEXT_SIZE];
    const char *cause = input_kind_name((enum input_kind)frame->cause);
    const char *between = cli->style.plain ? "\t" : "  ";
    (void)time_format(time, frame->time_ns);
    text_buffer_print(
        &cli->out, cli->style.plain ? "%llu%s%s%s%llu%s%s%s" : "%6llu%s%s%s%6llu%s%-14s%s",
        (unsigned long long)walk->facts, between, time, between,
        (unsigned long long)frame->input_seq, between, cause == NULL ? "" : cause, between);
    fact_format(fact, &cli->out);
    text_buffer_append(&cli->out, TEXT("\n"));
}

#define TAIL_FLUSH_SIZE 65536u

static enum status tail_fact(struct walk *walk, const struct frame_header *frame,
                             const struct fact_header *fact)
{
    struct cli *cli = walk->cli;
    if (walk->facts <= walk->first)
        return STATUS_OK;
    if (walk->json != NULL) {
        fact_json(walk, walk->json, frame, fact);
    } else if (cli_have(cli, CLI_OPTION_NDJSON)) {
        struct json_writer json;
        json_write_init(&json, &cli->out, 0);
        fact_json(walk, &json, frame, fact);
        if (json_write_finish(&json) != STATUS_OK)
            return problem_set(&cli->problem, STATUS_NO_MEMORY, "output", "not enough memory");
    } else {
        fact_line(walk, frame, fact);
    }
    return cli->out.size >= TAIL_FLUSH_SIZE ? cli_flush(cli) : STATUS_OK;
}

/* A journal that is being written may end within a record: what is whole is shown. */
static enum status walk_lenient(struct walk *walk)
{
    enum status status = walk_all(walk);
    if (status != STATUS_TRUNCATED)
        return status;
    cli_note(walk->cli, "note: %s", walk->cli->problem.found);
    problem_init(&walk->cli->problem);
    return STATUS_OK;
}

enum status run_journal_tail(struct cli *cli)
{
    char path[STORE_PATH_SIZE], directory[STORE_PATH_SIZE];
    uint64_t lines = 0;
    struct walk walk;
    enum status status = arguments_number(&cli->arguments, CLI_OPTION_LINES, UINT32_MAX,
                                          JOURNAL_TAIL_DEFAULT, &lines, &cli->problem);
    if (status == STATUS_OK)
        status = find_journal(cli, path, directory);
    if (status == STATUS_OK)
        status = walk_open(&walk, cli, path);
    if (status != STATUS_OK)
        return status;
    /* Once to count and to check, once to print. */
    bool quiet = cli->quiet;
    status = walk_lenient(&walk);
    if (status == STATUS_OK) {
        struct json_writer json;
        uint64_t facts = walk.facts;
        struct journal_reader reader = walk.reader;
        reader.at = 0;
        walk = (struct walk){.cli = cli, .path = path, .reader = reader, .fact = tail_fact};
        walk.first = lines == 0 || lines >= facts ? 0 : facts - lines;
        if (cli->json) {
            cli_json_begin(cli, &json);
            json_object_begin(&json);
            json_key(&json, "facts");
            json_array_begin(&json);
            walk.json = &json;
        }
        cli->quiet = true;
        status = walk_lenient(&walk);
        cli->quiet = quiet;
        if (cli->json && status == STATUS_OK) {
            json_array_end(&json);
            json_object_end(&json);
            status = cli_json_end(cli, &json);
        }
    }
    journal_reader_close(&walk.reader);
    return status;
}

/* ---- replay, ledger check -------------------------------------------------------------------- */

static enum status replay(struct cli *cli, bool fold_only, char path[STORE_PATH_SIZE],
                          struct replay_report *report)
{
    char directory[STORE_PATH_SIZE];
    enum status status = find_journal(cli, path, directory);
    if (status != STATUS_OK)
        return status;
    struct progress progress;
    struct replay_request request = {
        .journal_path = path,
        .config_path = cli->arguments.values[CLI_OPTION_CONFIG],
        .fold_only = fold_only,
        .progress = progress_step,
        .progress_context = &progress,
    };
    progress_begin(&progress, !cli->quiet && progress_wanted());
    status = replay_journal(&cli->ports->execute, &request, report, &cli->problem);
    progress_end(&progress);
    if (status != STATUS_OK)
        return status;
    if (report->audit != NULL)
        return problem_set(&cli->problem, STATUS_CORRUPT, path,
                           "the ledger does not hold: %s (%llu)", report->audit,
                           (unsigned long long)report->audit_detail);
    if (report->differs)
        return problem_set(&cli->problem, STATUS_CORRUPT, path, "differs at input %llu: %s",
                           (unsigned long long)report->differs_input, report->differs_what);
    if (!replay_is_good(&request, report))
        return problem_set(&cli->problem, STATUS_CORRUPT, path,
                           "folding and running again end in different states");
    return STATUS_OK;
}

static enum status print_report(struct cli *cli, const char *path,
                                const struct replay_report *report, bool fold_only)
{
    char text[HASH_TEXT_SIZE];
    struct cli_pairs pairs;
    cli_pairs_begin(&pairs, cli, fold_only ? "ledger" : "replay");
    cli_pair_text(&pairs, "file", path);
    cli_pair_number(&pairs, "inputs", report->inputs);
    cli_pair_number(&pairs, "frames", report->frames);
    (void)hash128_format(text, report->chain);
    cli_pair_text(&pairs, "chain", text);
    (void)hash128_format(text, report->state_folded);
    cli_pair_text(&pairs, "state", text);
    if (!fold_only)
        cli_pair_text(&pairs, "run_again", "same frames, same state");
    cli_pair_text(&pairs, "ledger", "every invariant holds");
    return cli_pairs_end(&pairs);
}

enum status run_journal_replay(struct cli *cli)
{
    char path[STORE_PATH_SIZE];
    struct replay_report report;
    enum status status = replay(cli, false, path, &report);
    return status == STATUS_OK ? print_report(cli, path, &report, false) : status;
}

enum status run_ledger_check(struct cli *cli)
{
    char path[STORE_PATH_SIZE];
    struct replay_report report;
    enum status status = replay(cli, true, path, &report);
    return status == STATUS_OK ? print_report(cli, path, &report, true) : status;
}
