/* The tree of nodes into the struct, row by row of the option table. */
#include "drive/config/node.h"
#include "drive/config/option.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 256

struct reader {
    struct config *config;
    struct config_memory *memory;
    struct config_origins *origins;
    struct problem *problem;
    enum config_mode mode;
    char path[PATH_SIZE]; /* of the key at hand: `bots[0].enter` */
    size_t path_size;
};

void config_where(char out[CONFIG_WHERE_SIZE], struct place place, const char *key)
{
    char file[180], line[16] = "";
    bool has_key = key != NULL && key[0] != '\0';
    (void)text_copy(file, sizeof file, text_of(place.source));
    if (place.line > 0)
        (void)snprintf(line, sizeof line, ":%u", place.line);
    (void)snprintf(out, CONFIG_WHERE_SIZE, "%s%s%s%.100s", file, line, has_key ? ": " : "",
                   has_key ? key : "");
}

static enum status no_memory(struct reader *reader)
{
    return problem_set(reader->problem, STATUS_NO_MEMORY, reader->config->name, "%s",
                       status_sentence(STATUS_NO_MEMORY));
}

/* Appends `.key` or, without a key, `[index]`; returns what path_cut takes it away with. */
static size_t path_push(struct reader *reader, struct text key, uint32_t index)
{
    size_t before = reader->path_size;
    char *end = reader->path + before;
    size_t room = sizeof reader->path - before;
    int size = key.data != NULL ? snprintf(end, room, "%s%.*s", before > 0 ? "." : "",
                                           (int)(key.size < 64 ? key.size : 64), key.data)
                                : snprintf(end, room, "[%u]", index);
    ASSERT(size >= 0);
    reader->path_size += (size_t)size < room ? (size_t)size : room - 1;
    return before;
}

static void path_cut(struct reader *reader, size_t before)
{
    reader->path_size = before;
    reader->path[before] = '\0';
}

static enum status refuse(struct reader *reader, struct place place, const char *found,
                          const char *allowed, const char *next)
{
    char where[CONFIG_WHERE_SIZE];
    config_where(where, place, reader->path);
    problem_set(reader->problem, STATUS_CONFIG_INVALID, where, "%s", found);
    if (allowed != NULL)
        problem_allowed(reader->problem, "%s", allowed);
    if (next != NULL)
        problem_next(reader->problem, "%s", next);
    return reader->problem->status;
}

static enum status remember(struct reader *reader, const struct node *node)
{
    if (!origins_add(reader->origins, reader->memory, reader->path, node_place(node)))
        return no_memory(reader);
    return STATUS_OK;
}

/* The names of the rows that apply, from the first one that is written as a key. */
static size_t keys_of(const struct section *section, uint32_t from, const void *record,
                      const char *names[64])
{
    size_t count = 0;
    ASSERT(section->options_count <= 64);
    for (uint32_t i = from; i < section->options_count; i++) {
        if (option_applies(section, &section->options[i], record))
            names[count++] = section->options[i].name;
    }
    return count;
}

/* A key with a typing mistake, or one that was cut short: `maker` for `maker_bps`. */
static const char *near_key(struct text key, const char *const *names, size_t count)
{
    const char *near = text_suggest(key, names, count);
    for (size_t i = 0; near == NULL && i < count && key.size >= 3; i++) {
        if (text_starts_with(text_of(names[i]), key))
            near = names[i];
    }
    return near;
}

/* option is the row of that name, which does not apply here, or NULL. */
static enum status refuse_key(struct reader *reader, const struct section *section, uint32_t from,
                              const void *record, const struct node *node,
                              const struct option *option)
{
    char found[160], allowed[OPTION_ALLOWED_SIZE], next[160];
    const char *names[64];
    size_t count = keys_of(section, from, record, names), used = 0;
    int size = (int)(node->key.size < 64 ? node->key.size : 64);
    for (size_t i = 0; i < count && used < sizeof allowed; i++)
        used += (size_t)snprintf(allowed + used, sizeof allowed - used, "%s%s", i > 0 ? ", " : "",
                                 names[i]);
    const char *near = option == NULL ? near_key(node->key, names, count) : NULL;
    if (near != NULL)
        (void)snprintf(next, sizeof next, "did you mean \"%s\"?", near);
    else
        (void)snprintf(next, sizeof next, "tern help config");
    if (option != NULL) {
        const struct option *selector = section_selector(section);
        uint32_t value;
        memcpy(&value, (const uint8_t *)record + selector->offset, sizeof value);
        (void)snprintf(found, sizeof found, "\"%.*s\" does not go with %s: %s", size,
                       node->key.data, selector->name, selector->choices[value]);
    } else {
        (void)snprintf(found, sizeof found, "unknown key \"%.*s\"", size, node->key.data);
    }
    return refuse(reader, node_place(node), found, allowed, next);
}

/* What the value was probably meant to be: a choice with a typing mistake, a name in small letters.
 * Empty where nothing is near. */
static void suggest(const struct option *option, struct text text, char out[64])
{
    const char *near = NULL;
    out[0] = '\0';
    if (option->type == OPTION_CHOICE) {
        size_t count = 0;
        while (option->choices[count] != NULL)
            count++;
        near = text_suggest(text, option->choices, count);
    }
    if (near != NULL)
        (void)text_copy(out, 64, text_of(near));
    if ((option->type != OPTION_INSTRUMENT && option->type != OPTION_ASSET) || text.size >= 64)
        return;
    struct config_memory *scratch = memory_new();
    const char *copy;
    for (size_t i = 0; i < text.size; i++)
        out[i] = text.data[i] >= 'a' && text.data[i] <= 'z' ? (char)(text.data[i] - 'a' + 'A')
                                                            : text.data[i];
    out[text.size] = '\0';
    if (scratch == NULL || value_read(option, text_of(out), &copy, scratch) != STATUS_OK)
        out[0] = '\0';
    memory_free(scratch);
}

static enum status refuse_value(struct reader *reader, const struct option *option,
                                const struct node *node, enum status reason)
{
    char found[200], allowed[OPTION_ALLOWED_SIZE], what[120], next[160], near[64] = "";
    if (reason == STATUS_NO_MEMORY)
        return no_memory(reader);
    node_describe(node, what);
    (void)snprintf(found, sizeof found, "found %s%s", what,
                   reason == STATUS_UNSUPPORTED ? ", which this version does not support yet"
                   : reason == STATUS_TOO_FINE  ? ", which has too many decimals"
                                                : "");
    option_allowed(option, allowed);
    if (reason == STATUS_SYNTAX && node->kind == NODE_SCALAR)
        suggest(option, node->text, near);
    if (near[0] != '\0')
        (void)snprintf(next, sizeof next, "did you mean \"%s\"?", near);
    else
        (void)snprintf(next, sizeof next, "tern help config");
    return refuse(reader, node_place(node), found, allowed, next);
}

static enum status refuse_count(struct reader *reader, const struct option *option,
                                const struct node *node)
{
    char found[64], allowed[64];
    (void)snprintf(found, sizeof found, "found %u entries", node->count);
    (void)snprintf(allowed, sizeof allowed, "at most %u", option->count_max);
    return refuse(reader, node_place(node), found, allowed, "remove some");
}

/* `off` switches limits and optional records off, `null` every optional row; a record with nothing
 * behind its key has its defaults. */
static bool is_off(const struct option *option, const struct node *node)
{
    if ((option->flags & OPTION_OPTIONAL) == 0 || node->kind != NODE_SCALAR)
        return false;
    bool record = option->type == OPTION_RECORD;
    if ((record || (option->flags & OPTION_LIMIT) != 0) && text_equal(node->text, TEXT("off")))
        return true;
    return node_is_null(node) && !(record && node->text.size == 0);
}

/* A relative path of the file, against the file's folder. */
static enum status resolve_path(struct reader *reader, const char *folder, const char **path)
{
    char joined[2 * PATH_MAX];
    if (folder == NULL || (*path)[0] == '/')
        return STATUS_OK;
    int size = snprintf(joined, sizeof joined, "%s/%s", folder, *path);
    ASSERT(size > 0);
    if ((size_t)size >= sizeof joined)
        return STATUS_RANGE;
    *path = memory_text(reader->memory, (struct text){joined, (size_t)size});
    return *path != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

/* `tape FILE`: the file goes behind the choice. */
static enum status read_feed(struct reader *reader, const struct option *option,
                             const struct node *node, void *record)
{
    static const struct option file_option = {.type = OPTION_PATH};
    const char **file = (const char **)(void *)((uint8_t *)record + option->count_offset);
    struct text rest = node->text;
    struct text choice = text_split(&rest, ' ');
    rest = text_trim(rest);
    uint32_t *value = (uint32_t *)(void *)((uint8_t *)record + option->offset);
    enum status status = value_read(option, choice, value, reader->memory);
    if (status != STATUS_OK)
        return status;
    if ((*value == CONFIG_FEED_TAPE) != (rest.size > 0))
        return STATUS_SYNTAX;
    if (rest.size == 0)
        return STATUS_OK;
    status = value_read(&file_option, rest, file, reader->memory);
    return status == STATUS_OK ? resolve_path(reader, node->source->folder, file) : status;
}

static enum status read_scalar(struct reader *reader, const struct option *option,
                               const struct node *node, void *record)
{
    void *at = (uint8_t *)record + option->offset;
    if (node->kind != NODE_SCALAR || node_is_null(node))
        return refuse_value(reader, option, node, STATUS_SYNTAX);
    enum status status = option->type == OPTION_FEED
                             ? read_feed(reader, option, node, record)
                             : value_read(option, node->text, at, reader->memory);
    if (status == STATUS_OK && option->type == OPTION_PATH)
        status = resolve_path(reader, node->source->folder, at);
    return status == STATUS_OK ? STATUS_OK : refuse_value(reader, option, node, status);
}

/* A row that the file does not have. */
static enum status read_default(struct reader *reader, const struct option *option, void *record)
{
    if (option->type == OPTION_DAYS) {
        *(uint32_t *)(void *)((uint8_t *)record + option->offset) = 0x7F;
        return STATUS_OK;
    }
    const char *fallback = option_fallback(option, reader->mode);
    if (fallback == NULL)
        return STATUS_OK; /* zeroed: absent */
    enum status status = value_read(option, text_of(fallback), (uint8_t *)record + option->offset,
                                    reader->memory);
    if (status == STATUS_NO_MEMORY)
        return no_memory(reader);
    ASSERT(status == STATUS_OK); /* a wrong row of the table */
    return STATUS_OK;
}

/* Lists whose items are bare values: days, names, shares. */
static enum status read_values(struct reader *reader, const struct option *option,
                               const struct node *node, void *record)
{
    static const struct option name_option = {.type = OPTION_INSTRUMENT};
    void *at = (uint8_t *)record + option->offset;
    uint32_t count = 0;
    if (node->kind != NODE_LIST || node->count == 0)
        return refuse_value(reader, option, node, STATUS_SYNTAX);
    if (node->count > option->count_max)
        return refuse_count(reader, option, node);
    struct config_names names = {NULL, node->count};
    struct config_ratios ratios = {NULL, node->count};
    names.items = memory_take(reader->memory, node->count, sizeof *names.items);
    ratios.items = memory_take(reader->memory, node->count, sizeof *ratios.items);
    if (names.items == NULL || ratios.items == NULL)
        return no_memory(reader);
    uint32_t bits = 0;
    for (const struct node *item = node->first; item != NULL; item = item->next, count++) {
        struct option share = *option;
        share.type = OPTION_RATIO;
        uint32_t day = 0;
        enum status status = STATUS_SYNTAX;
        size_t before = path_push(reader, (struct text){NULL, 0}, count);
        if (item->kind == NODE_SCALAR && option->type == OPTION_DAYS) {
            struct option choice = *option;
            choice.type = OPTION_CHOICE;
            status = value_read(&choice, item->text, &day, reader->memory);
            bits |= 1u << day;
        } else if (item->kind == NODE_SCALAR && option->type == OPTION_NAMES) {
            status = value_read(&name_option, item->text, &names.items[count], reader->memory);
        } else if (item->kind == NODE_SCALAR) {
            status = value_read(&share, item->text, &ratios.items[count], reader->memory);
        }
        if (status != STATUS_OK)
            return refuse_value(reader,
                                option->type == OPTION_NAMES    ? &name_option
                                : option->type == OPTION_RATIOS ? &share
                                                                : option,
                                item, status);
        path_cut(reader, before);
    }
    if (option->type == OPTION_DAYS)
        *(uint32_t *)at = bits;
    else if (option->type == OPTION_NAMES)
        *(struct config_names *)at = names;
    else
        *(struct config_ratios *)at = ratios;
    return STATUS_OK;
}

static enum status read_section(struct reader *reader, const struct section *section,
                                const struct node *node, struct place place, void *record);
static enum status read_entry(struct reader *reader, const struct section *section,
                              const struct node *node, void *record);

/* The items of a list, or the entries of a mapping whose keys are data. */
static enum status read_items(struct reader *reader, const struct option *option,
                              const struct node *node, void *record)
{
    const struct section *section = option->section;
    bool map = option->type == OPTION_MAP;
    if (node_is_null(node))
        return STATUS_OK;
    if (node->kind != (map ? NODE_MAPPING : NODE_LIST))
        return refuse_value(reader, option, node, STATUS_SYNTAX);
    if (node->count > option->count_max)
        return refuse_count(reader, option, node);
    uint8_t *items = memory_take(reader->memory, node->count, section->record_size);
    if (items == NULL)
        return no_memory(reader);
    *(void **)(void *)((uint8_t *)record + option->offset) = items;
    uint32_t *count = (uint32_t *)(void *)((uint8_t *)record + option->count_offset);
    for (const struct node *item = node->first; item != NULL; item = item->next) {
        uint8_t *at = items + *count * section->record_size;
        size_t before = path_push(reader, item->key, *count);
        enum status status = map ? read_entry(reader, section, item, at)
                                 : read_section(reader, section, item, node_place(item), at);
        if (status != STATUS_OK)
            return status;
        path_cut(reader, before);
        *count += 1;
    }
    return STATUS_OK;
}

static enum status read_option(struct reader *reader, const struct option *option,
                               const struct node *node, const struct node *parent,
                               struct place place, void *record)
{
    bool record_type = option->type == OPTION_RECORD || option->type == OPTION_PARAMS;
    bool *mark = (option->flags & OPTION_MARK) != 0
                     ? (bool *)((uint8_t *)record + option->set_offset)
                     : NULL;
    const struct section *section = option_section(option, record);
    if (node != NULL && is_off(option, node))
        return STATUS_OK;
    if (node == NULL && (option->flags & OPTION_REQUIRED) != 0) {
        char allowed[OPTION_ALLOWED_SIZE];
        option_allowed(option, allowed);
        return refuse(reader, place, "missing", allowed, "add the key");
    }
    if (record_type && node == NULL && (option->flags & OPTION_OPTIONAL) != 0 &&
        (parent != NULL || option->fallback == NULL))
        return STATUS_OK;
    if (mark != NULL)
        *mark = node != NULL || record_type || option_fallback(option, reader->mode) != NULL;
    if (record_type)
        return read_section(reader, section, node, place, (uint8_t *)record + option->offset);
    if (node == NULL)
        return read_default(reader, option, record);
    if (option->type == OPTION_LIST || option->type == OPTION_MAP)
        return read_items(reader, option, node, record);
    return option_is_scalar(option) ? read_scalar(reader, option, node, record)
                                    : read_values(reader, option, node, record);
}

/* Every key of the node is a row of the section that applies, and there once. */
static enum status check_keys(struct reader *reader, const struct section *section, uint32_t from,
                              const struct node *node, const void *record)
{
    uint64_t seen = 0;
    ASSERT(section->options_count <= 64);
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        const struct option *option = section_find(section, child->key);
        size_t before = path_push(reader, child->key, 0);
        if (option != NULL && option < section->options + from)
            option = NULL;
        if (option == NULL || !option_applies(section, option, record))
            return refuse_key(reader, section, from, record, child, option);
        uint64_t bit = UINT64_C(1) << (option - section->options);
        if ((seen & bit) != 0)
            return refuse(reader, node_place(child), "the key is there twice", "each key once",
                          "remove one of the two");
        seen |= bit;
        path_cut(reader, before);
    }
    return STATUS_OK;
}

static enum status read_row(struct reader *reader, const struct option *option,
                            const struct node *parent, struct place place, void *record)
{
    const struct node *node = node_find(parent, text_of(option->name));
    size_t before = path_push(reader, text_of(option->name), 0);
    enum status status = STATUS_OK;
    if (node != NULL)
        status = remember(reader, node);
    if (status == STATUS_OK)
        status = read_option(reader, option, node, parent, node != NULL ? node_place(node) : place,
                             record);
    if (status == STATUS_OK)
        path_cut(reader, before);
    return status;
}

/* Rows of the record, in the order of the table; the selector first, for it says which apply. */
static enum status read_rows(struct reader *reader, const struct section *section,
                             const struct node *node, struct place place, uint32_t from,
                             void *record)
{
    enum status status = STATUS_OK;
    for (uint32_t i = from; i < section->options_count && status == STATUS_OK; i++) {
        if ((section->options[i].flags & OPTION_SELECTOR) != 0)
            status = read_row(reader, &section->options[i], node, place, record);
    }
    if (status == STATUS_OK && node != NULL)
        status = check_keys(reader, section, from, node, record);
    for (uint32_t i = from; i < section->options_count && status == STATUS_OK; i++) {
        const struct option *option = &section->options[i];
        if ((option->flags & OPTION_SELECTOR) == 0 && option_applies(section, option, record))
            status = read_row(reader, option, node, place, record);
    }
    return status;
}

/* An entry of a map: its key is the first row, its value the second or all the others. */
static enum status read_entry(struct reader *reader, const struct section *section,
                              const struct node *node, void *record)
{
    const struct option *key = &section->options[0];
    const struct node key_node = {.kind = NODE_SCALAR,
                                  .quoted = true,
                                  .source = node->source,
                                  .line = node->line,
                                  .text = node->key};
    for (const struct node *other = node->next; other != NULL; other = other->next) {
        if (text_equal(other->key, node->key))
            return refuse(reader, node_place(other), "the key is there twice", "each key once",
                          "remove one of the two");
    }
    enum status status = remember(reader, node);
    if (status == STATUS_OK)
        status = read_scalar(reader, key, &key_node, record);
    if (status != STATUS_OK)
        return status;
    if (section->options_count == 2)
        return read_scalar(reader, &section->options[1], node, record);
    struct option as_record = {.type = OPTION_RECORD};
    if (node->kind != NODE_MAPPING && !node_is_null(node))
        return refuse_value(reader, &as_record, node, STATUS_SYNTAX);
    return read_rows(reader, section, node->kind == NODE_MAPPING ? node : NULL, node_place(node), 1,
                     record);
}

/* node NULL: all defaults. place is where the record stands, for keys that are missing. */
static enum status read_section(struct reader *reader, const struct section *section,
                                const struct node *node, struct place place, void *record)
{
    struct option as_record = {.type = OPTION_RECORD};
    if (node != NULL && node->key.data == NULL && node->kind == NODE_SCALAR &&
        section->brief != NULL) {
        /* A bare value stands for a record with that one key. */
        struct node copy = *node, holder = {.kind = NODE_MAPPING,
                                            .source = node->source,
                                            .line = node->line,
                                            .count = 1};
        copy.key = text_of(section->brief);
        copy.next = NULL;
        holder.first = &copy;
        return read_rows(reader, section, &holder, place, 0, record);
    }
    if (node == NULL || (node_is_null(node) && node->key.data != NULL))
        return read_rows(reader, section, NULL, place, 0, record);
    if (node->kind != NODE_MAPPING)
        return refuse_value(reader, &as_record, node, STATUS_SYNTAX);
    if (node->key.data == NULL && reader->path_size > 0) {
        enum status status = remember(reader, node);
        if (status != STATUS_OK)
            return status;
    }
    return read_rows(reader, section, node, place, 0, record);
}

enum status config_fill(struct config *config, const struct node *root, struct problem *problem)
{
    struct reader reader = {.config = config,
                            .memory = config->memory,
                            .problem = problem,
                            .origins = config->origins,
                            .mode = config->mode};
    struct place place = {root->source->name, root->source->has_lines ? 1 : 0};
    return read_section(&reader, &config_section_root, root, place, config);
}
