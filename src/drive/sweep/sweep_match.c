/* Whether a store is of this sweep, and if not, what differs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/config/differ.h"
#include "drive/sweep/sweep_run.h"

#define SCHEMA "tern.sweep/2"
#define DIFFERENCES_SIZE 260u

enum status sweep_meta_get(struct sweep_store *store, const char *key, struct text_buffer *out,
                           struct problem *problem)
{
    if (sweep_store_get(store, key, out) && out->status == STATUS_OK && out->data != NULL)
        return STATUS_OK;
    problem_set(problem, STATUS_CORRUPT, "sweep", "its store does not say its %s", key);
    problem_next(problem, "remove the file to begin anew");
    return STATUS_CORRUPT;
}

struct hash128 sweep_id_make(struct text config_hash, struct text data_hash, struct text space)
{
    struct hash128 parts[3] = {hash128_of(config_hash.data, config_hash.size),
                               hash128_of(data_hash.data, data_hash.size),
                               hash128_of(space.data, space.size)};
    return hash128_of(parts, sizeof parts);
}

/* What the sweep is, in words of the store. */
struct facts {
    char id[HASH_TEXT_SIZE], config_hash[HASH_TEXT_SIZE], data_hash[HASH_TEXT_SIZE];
    char equity[DECIMAL_TEXT_SIZE];
    struct text_buffer space, data, file, rungs;
};

static enum status facts_make(struct sweep_run *run, struct facts *facts)
{
    const struct engine_config *engine = &run->base.assembly.engine;
    struct hash128 hash;
    if (config_hash(&run->config, &hash) != STATUS_OK)
        return STATUS_NO_MEMORY;
    hash128_format(facts->config_hash, hash);
    hash128_format(facts->data_hash, run->base.data_hash);
    sweep_space_identity(run->request->space, run->request->plan, &facts->space);
    data_describe(&run->config, &run->data, &facts->data);
    text_buffer_append(&facts->file, run->layer.text);
    for (uint32_t i = 0; i < run->rungs.count; i++)
        text_buffer_print(&facts->rungs, "%s%u", i > 0 ? " " : "", run->rungs.days[i]);
    if (facts->space.data == NULL || facts->data.data == NULL || facts->file.data == NULL ||
        facts->rungs.data == NULL)
        return STATUS_NO_MEMORY;
    struct text space = {facts->space.data, facts->space.size};
    run->identity = hash128_of(space.data, space.size);
    hash = sweep_id_make(text_of(facts->config_hash), text_of(facts->data_hash), space);
    hash128_format(facts->id, hash);
    i128 start = 0;
    for (uint32_t i = 0; i < engine->balances_count; i++) {
        const struct opening_balance *balance = &engine->balances[i];
        start += balance->asset == engine->currency_asset ? balance->amount.units
                                                          : balance->cost.units;
    }
    (void)decimal_format_i128(facts->equity, start, AMOUNT_DECIMALS);
    return STATUS_OK;
}

static enum status facts_write(struct sweep_run *run, const struct facts *facts,
                               struct problem *problem)
{
    const struct {
        const char *key, *value;
    } members[] = {
        {"schema", SCHEMA},
        {"sweep_id", facts->id},
        {"config_hash", facts->config_hash},
        {"data_hash", facts->data_hash},
        {"space", facts->space.data},
        {"data", facts->data.data},
        {"rungs", facts->rungs.data},
        {"start_equity", facts->equity},
        {"config_name", run->request->config_path},
        {"config_folder", run->layer.folder == NULL ? "" : run->layer.folder},
        {"config", facts->file.data},
        {"kind", config_bot_kind_name(run->config.bots[0].kind)},
    };
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < ARRAY_COUNT(members); i++)
        status = sweep_store_set(run->store, members[i].key, members[i].value, problem);
    return status;
}

/* ---- what differs ---------------------------------------------------------------------------- */

enum status sweep_config_read(struct sweep_store *store, const struct sweep_space *space,
                              uint32_t candidate, struct config *config, struct problem *problem)
{
    struct text_buffer file, name, folder;
    text_buffer_init(&file, CONFIG_FILE_SIZE_MAX);
    text_buffer_init(&name, 4096);
    text_buffer_init(&folder, 4096);
    enum status status = sweep_meta_get(store, "config", &file, problem);
    if (status == STATUS_OK)
        status = sweep_meta_get(store, "config_name", &name, problem);
    if (status == STATUS_OK) {
        (void)sweep_store_get(store, "config_folder", &folder);
        struct config_layer layer = {
            .name = name.data, .text = {file.data, file.size}, .folder = folder.data};
        status = space == NULL ? config_read_layers(&layer, 1, CONFIG_BACKTEST, config, problem)
                               : sweep_config_of(&layer, space, candidate, config, problem);
    }
    text_buffer_release(&file);
    text_buffer_release(&name);
    text_buffer_release(&folder);
    return status;
}

static void config_said(struct sweep_run *run, char out[DIFFERENCES_SIZE])
{
    struct text_buffer before, after;
    struct config config;
    struct problem ignored;
    text_buffer_init(&before, CONFIG_TEXT_SIZE_MAX);
    text_buffer_init(&after, CONFIG_TEXT_SIZE_MAX);
    problem_init(&ignored);
    out[0] = '\0';
    if (sweep_config_read(run->store, NULL, 0, &config, &ignored) == STATUS_OK) {
        config_show(&config, &before);
        config_show(&run->config, &after);
        (void)config_differ_say(out, DIFFERENCES_SIZE, (struct text){before.data, before.size},
                                (struct text){after.data, after.size});
        config_release(&config);
    }
    text_buffer_release(&before);
    text_buffer_release(&after);
}

/* `halving 3` and `seed 7` are two words and one key. */
static struct text number_behind(struct text *rest, char between)
{
    struct text after = *rest;
    struct text word = text_split(&after, between);
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] < '0' || word.data[i] > '9')
            return TEXT("on");
    }
    if (word.size == 0)
        return TEXT("on");
    *rest = after;
    return word;
}

void sweep_words_list(struct text text, char between, char behind, struct text_buffer *out)
{
    while (text.data != NULL) {
        struct text value = text_split(&text, between);
        if (value.size == 0)
            continue;
        struct text key = text_split(&value, behind);
        if (value.data == NULL)
            value = number_behind(&text, between);
        text_buffer_print(out, "%.*s\t%.*s\t\n", (int)key.size, key.data, (int)value.size,
                          value.data);
    }
}

static void words_said(struct sweep_run *run, const char *member, struct text now, char between,
                       char behind, char out[DIFFERENCES_SIZE])
{
    struct text_buffer kept, before, after;
    text_buffer_init(&kept, 16u << 20);
    text_buffer_init(&before, 16u << 20);
    text_buffer_init(&after, 16u << 20);
    out[0] = '\0';
    if (sweep_store_get(run->store, member, &kept)) {
        sweep_words_list((struct text){kept.data, kept.size}, between, behind, &before);
        sweep_words_list(now, between, behind, &after);
        (void)config_differ_say(out, DIFFERENCES_SIZE, (struct text){before.data, before.size},
                                (struct text){after.data, after.size});
    }
    text_buffer_release(&kept);
    text_buffer_release(&before);
    text_buffer_release(&after);
}

static bool same(struct sweep_run *run, const char *key, const char *value)
{
    struct text_buffer kept;
    text_buffer_init(&kept, 16u << 20);
    bool is = sweep_store_get(run->store, key, &kept) && kept.data != NULL &&
              strcmp(kept.data, value) == 0;
    text_buffer_release(&kept);
    return is;
}

static enum status refuse(struct sweep_run *run, const struct facts *facts, struct problem *problem)
{
    const char *path = run->request->store_path;
    char differences[DIFFERENCES_SIZE] = "";
    if (!same(run, "schema", SCHEMA)) {
        problem_set(problem, STATUS_CONFIG_INVALID, path, "was made by another version of tern");
    } else if (!same(run, "config_hash", facts->config_hash)) {
        config_said(run, differences);
        problem_set(problem, STATUS_CONFIG_INVALID, path, "the configuration changed: %s",
                    differences);
    } else if (!same(run, "data_hash", facts->data_hash)) {
        words_said(run, "data", (struct text){facts->data.data, facts->data.size}, '\n', ' ',
                   differences);
        problem_set(problem, STATUS_CONFIG_INVALID, path, "the data changed: %s", differences);
    } else if (!same(run, "space", facts->space.data)) {
        words_said(run, "space", (struct text){facts->space.data, facts->space.size}, ' ', '=',
                   differences);
        problem_set(problem, STATUS_CONFIG_INVALID, path, "it is a sweep of something else: %s",
                    differences);
    } else {
        problem_set(problem, STATUS_CORRUPT, path, "what it says of itself does not fit together");
        problem_next(problem, "remove it to begin anew, or --out another file");
        return STATUS_CORRUPT;
    }
    problem_allowed(problem, "what it was when this sweep began");
    problem_next(problem,
                 "put it back to go on; or begin anew with --out FILE, or remove the file");
    return STATUS_CONFIG_INVALID;
}

enum status sweep_match(struct sweep_run *run, struct problem *problem)
{
    struct facts *facts = calloc(1, sizeof *facts);
    if (facts == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "sweep", "not enough memory");
    struct text_buffer *buffers[] = {&facts->space, &facts->data, &facts->file, &facts->rungs};
    struct text_buffer schema;
    for (size_t i = 0; i < ARRAY_COUNT(buffers); i++)
        text_buffer_init(buffers[i], 16u << 20);
    text_buffer_init(&schema, 4096);
    enum status status = facts_make(run, facts);
    run->fresh = !sweep_store_get(run->store, "schema", &schema);
    if (status != STATUS_OK)
        status = problem_set(problem, status, "sweep", "not enough memory");
    else if (run->fresh)
        status = facts_write(run, facts, problem);
    else if (!same(run, "sweep_id", facts->id) || !same(run, "schema", SCHEMA) ||
             !same(run, "rungs", facts->rungs.data))
        status = refuse(run, facts, problem);
    for (size_t i = 0; i < ARRAY_COUNT(buffers); i++)
        text_buffer_release(buffers[i]);
    text_buffer_release(&schema);
    free(facts);
    return status;
}
