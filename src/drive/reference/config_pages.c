/* Pages out of the option table: every key, or one. */
#include <stdio.h>
#include <string.h>

#include "drive/config/option.h"
#include "drive/reference/reference.h"

#define KEY_SIZE 200
#define KEYS_MAX 512u

/* A row of the table with its whole path: `bots[].params.fast`, `risk.instruments.NAME.…`. */
struct key {
    char path[KEY_SIZE];
    const struct section *section;
    const struct option *option;
    const char *kind; /* of the bot whose parameter it is; NULL: none */
};

struct keys {
    struct key items[KEYS_MAX];
    uint32_t count;
};

/* ---- walking --------------------------------------------------------------------------------- */

static void collect(struct keys *keys, const struct section *section, const char *prefix,
                    const char *kind);

/* The keys below one: those of its section, of a list's entries, of a map's values. */
static void collect_below(struct keys *keys, const struct key *key, const char *kind)
{
    const struct option *option = key->option;
    char prefix[KEY_SIZE + 8];
    const char *between = option->type == OPTION_LIST  ? "[]."
                          : option->type == OPTION_MAP ? ".NAME"
                                                       : ".";
    (void)snprintf(prefix, sizeof prefix, "%s%s", key->path, between);
    if (option->type == OPTION_PARAMS) {
        for (uint32_t at = CONFIG_BOT_SCORE; at <= CONFIG_BOT_PLUGIN; at++) {
            const struct section *params = config_section_params((enum config_bot_kind)at);
            if (params != NULL)
                collect(keys, params, prefix, config_bot_kind_name((enum config_bot_kind)at));
        }
    } else if (option->section != NULL) {
        collect(keys, option->section, prefix, kind);
    }
}

/* The first row of a map is the name, which is part of the path; a map of two rows is written
 * `NAME: value`. */
static void collect(struct keys *keys, const struct section *section, const char *prefix,
                    const char *kind)
{
    bool map = strlen(prefix) > 5 && strcmp(prefix + strlen(prefix) - 5, ".NAME") == 0;
    for (uint32_t i = map ? 1 : 0; i < section->options_count; i++) {
        ASSERT(keys->count < KEYS_MAX);
        struct key *key = &keys->items[keys->count++];
        bool bare = map && section->options_count == 2;
        int size = snprintf(key->path, KEY_SIZE, "%s%s%s", prefix, map && !bare ? "." : "",
                            bare ? "" : section->options[i].name);
        ASSERT(size > 0 && size < KEY_SIZE);
        key->section = section;
        key->option = &section->options[i];
        key->kind = kind;
        collect_below(keys, key, kind);
    }
}

/* ---- one row --------------------------------------------------------------------------------- */

static void default_of(const struct option *option, char *out, size_t out_size)
{
    const char *first = option->fallback, *second = NULL;
    if ((option->flags & OPTION_REQUIRED) != 0)
        first = "required";
    else if (option->fallback_note != NULL)
        first = option->fallback_note;
    else if ((option->flags & OPTION_LIMIT) != 0 && option->fallback != NULL)
        second = "off";
    else if (option->backtest != NULL)
        second = option->backtest;
    else if ((option->flags & OPTION_LIMIT) != 0)
        first = "off";
    else if (option->fallback == NULL || option->type == OPTION_RECORD)
        first = (option->flags & OPTION_OPTIONAL) != 0 ? "absent" : "";
    (void)snprintf(out, out_size, "%s%s%s", first, second == NULL ? "" : ", in a back-test ",
                   second == NULL ? "" : second);
}

/* With which values of its selector the key is there. */
static void when_of(const struct key *key, char *out, size_t out_size)
{
    struct text_buffer text;
    text_buffer_init(&text, 1024);
    const struct option *selector = section_selector(key->section);
    if (key->option->when != 0 && selector != NULL) {
        for (uint32_t i = 0; selector->choices[i] != NULL; i++) {
            if ((key->option->when >> i & 1) != 0)
                text_buffer_print(&text, "%s%s", text.size > 0 ? ", " : "", selector->choices[i]);
        }
    } else if (key->kind != NULL) {
        text_buffer_print(&text, "%s", key->kind);
    }
    text_copy(out, out_size, (struct text){text.data, text.size});
    text_buffer_release(&text);
}

static void key_cells(struct page *page, const struct key *key)
{
    char allowed[OPTION_ALLOWED_SIZE], fallback[300], when[200];
    option_allowed(key->option, allowed);
    default_of(key->option, fallback, sizeof fallback);
    when_of(key, when, sizeof when);
    page_cell(page, key->path);
    page_cell(page, allowed);
    page_cell(page, key->option->unit == NULL ? "" : key->option->unit);
    page_cell(page, fallback);
    page_cell(page, (key->option->flags & OPTION_LIVE) != 0 ? "live" : "restart");
    page_cell(page, when);
    page_cell(page, key->option->sentence);
}

static const char *const key_columns[] = {"key",    "allowed",   "unit",   "default",
                                          "reload", "only with", "meaning"};

void reference_config(enum page_form form, struct text_buffer *out)
{
    struct page page;
    struct keys keys = {.count = 0};
    collect(&keys, &config_section_root, "", NULL);
    page_begin(&page, form, out, "Configuration", "tern help config --markdown");
    page_paragraph(&page,
                   "A configuration is one YAML file that begins with `tern: 1`. Numbers that "
                   "scale money are read exactly as they are written. An unknown key, a "
                   "wrong type or a value out of range is an error with file, line, key and "
                   "what is allowed. `tern config validate FILE` checks one, `tern config "
                   "explain KEY` explains one key.");
    page_paragraph(&page, "reload says whether a change takes effect in a running engine (live) or "
                          "after a restart.");
    page_list_begin(&page, "keys", NULL, key_columns, ARRAY_COUNT(key_columns));
    for (uint32_t i = 0; i < keys.count; i++)
        key_cells(&page, &keys.items[i]);
    page_list_end(&page);
    (void)!page_end(&page);
}

/* ---- finding --------------------------------------------------------------------------------- */

/* `bots[0]` is `bots`; what stands in brackets says which, not what. */
static struct text without_index(struct text part)
{
    struct text rest = part;
    return text_split(&rest, '[');
}

/* Part by part; NAME stands for any. */
static bool is_same(struct text path, struct text query)
{
    while (path.size > 0 && query.size > 0) {
        struct text pattern = without_index(text_split(&path, '.'));
        struct text part = without_index(text_split(&query, '.'));
        if (!text_equal(pattern, part) && !text_equal(pattern, TEXT("NAME")))
            return false;
    }
    return path.size == 0 && query.size == 0;
}

static bool is_whole(const char *path, const char *query)
{
    return is_same(text_of(path), text_of(query));
}

/* Whether the query is the path, or the end of it beginning at a key. */
static bool path_ends_with(const char *path, const char *query)
{
    struct text rest = text_of(path);
    while (rest.size > 0) {
        struct text first = rest;
        bool name = text_equal(text_split(&first, '.'), TEXT("NAME"));
        if (!name && is_same(rest, text_of(query)))
            return true;
        (void)text_split(&rest, '.');
    }
    return false;
}

static enum status no_key(const struct keys *keys, const char *key, struct problem *problem)
{
    const char *names[2 * KEYS_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < keys->count; i++) {
        names[count++] = keys->items[i].option->name;
        names[count++] = keys->items[i].path;
    }
    const char *near = text_suggest(text_of(key), names, count);
    problem_set(problem, STATUS_NOT_FOUND, "configuration", "there is no key \"%s\"", key);
    if (near != NULL)
        problem_next(problem, "did you mean %s?", near);
    problem_next(problem, "tern help config");
    return STATUS_NOT_FOUND;
}

enum status reference_key(const char *key, enum page_form form, struct text_buffer *out,
                          struct problem *problem)
{
    struct keys keys = {.count = 0};
    struct page page;
    bool whole = false, any = false;
    collect(&keys, &config_section_root, "", NULL);
    for (uint32_t i = 0; i < keys.count; i++) {
        whole = whole || is_whole(keys.items[i].path, key);
        any = any || path_ends_with(keys.items[i].path, key);
    }
    if (!any)
        return no_key(&keys, key, problem);
    page_begin(&page, form, out, key, NULL);
    page_list_begin(&page, "keys", NULL, key_columns, ARRAY_COUNT(key_columns));
    for (uint32_t i = 0; i < keys.count; i++) {
        const char *path = keys.items[i].path;
        if (whole ? is_whole(path, key) : path_ends_with(path, key))
            key_cells(&page, &keys.items[i]);
    }
    page_list_end(&page);
    enum status status = page_end(&page);
    return status == STATUS_OK ? status
                               : problem_set(problem, status, "output", "not enough memory");
}
