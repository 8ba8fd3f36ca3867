#include "drive/config/effective.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "drive/config/node.h"

#define PATH_SIZE 4096u
#define KEY_SIZE 256u
#define PREFIX "TERN_"

struct stacking {
    const struct config_search *search;
    struct config_stack *stack;
    struct problem *problem;
};

static enum status no_memory(struct stacking *stacking)
{
    return problem_set(stacking->problem, STATUS_NO_MEMORY, "configuration", "%s",
                       status_sentence(STATUS_NO_MEMORY));
}

static struct config_layer *next_layer(struct stacking *stacking, const char *name)
{
    struct config_stack *stack = stacking->stack;
    if (stack->count == CONFIG_STACK_MAX) {
        problem_set(stacking->problem, STATUS_CONFIG_INVALID, name, "too many variables");
        problem_allowed(stacking->problem, "at most %u", CONFIG_STACK_MAX - 8);
        return NULL;
    }
    return &stack->layers[stack->count];
}

/* ---- files ----------------------------------------------------------------------------------- */

static enum status add_file(struct stacking *stacking, const char *path)
{
    if (path == NULL || (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)))
        return STATUS_OK;
    const char *name = memory_text(stacking->stack->memory, text_of(path));
    if (name == NULL)
        return no_memory(stacking);
    struct config_layer *layer = next_layer(stacking, name);
    if (layer == NULL)
        return stacking->problem->status;
    enum status status = config_layer_load(name, layer, stacking->problem);
    if (status == STATUS_OK) {
        stacking->stack->count++;
        stacking->stack->files++;
    }
    return status;
}

/* What a file sets `profile` to; out stays as it is where it does not. */
static enum status profile_of_file(struct stacking *stacking, const struct config_layer *layer,
                                   char out[KEY_SIZE])
{
    struct source source = {.name = layer->name, .has_lines = true};
    struct config_memory *scratch = memory_new();
    struct node *root = NULL;
    if (scratch == NULL)
        return no_memory(stacking);
    enum status status = node_read(&source, layer->text, scratch, &root, stacking->problem);
    const struct node *profile = status == STATUS_OK ? node_find(root, TEXT("profile")) : NULL;
    if (profile != NULL && profile->kind == NODE_SCALAR)
        (void)text_copy(out, KEY_SIZE, profile->text);
    memory_free(scratch);
    return status;
}

/* ---- variables ------------------------------------------------------------------------------- */

/* `name` is what stands for the source; variable and value as they are written. */
static enum status add_variable(struct stacking *stacking, const char *name, const char *variable,
                                struct text value)
{
    char key[KEY_SIZE];
    if (!config_key_of_variable(variable, key, sizeof key)) {
        problem_set(stacking->problem, STATUS_CONFIG_INVALID, name, "names no key");
        problem_allowed(stacking->problem, "TERN_RISK__DRAWDOWN_MAX for risk.drawdown_max");
        return STATUS_CONFIG_INVALID;
    }
    struct config_memory *memory = stacking->stack->memory;
    struct config_layer *layer = next_layer(stacking, name);
    if (layer == NULL)
        return stacking->problem->status;
    *layer = (struct config_layer){.name = memory_text(memory, text_of(name)),
                                   .key = memory_text(memory, text_of(key)),
                                   .text = {memory_text(memory, value), value.size}};
    if (layer->name == NULL || layer->key == NULL || layer->text.data == NULL)
        return no_memory(stacking);
    stacking->stack->count++;
    return STATUS_OK;
}

static struct text without_quotes(struct text value)
{
    bool quoted = value.size >= 2 && (value.data[0] == '"' || value.data[0] == '\'') &&
                  value.data[value.size - 1] == value.data[0];
    return quoted ? (struct text){value.data + 1, value.size - 2} : value;
}

/* Lines of `.env`: NAME=VALUE, perhaps behind `export`; other programs' names are passed over. */
static enum status add_env_lines(struct stacking *stacking, struct text rest)
{
    enum status status = STATUS_OK;
    for (unsigned number = 1; rest.size > 0 && status == STATUS_OK; number++) {
        struct text line = text_trim(text_split(&rest, '\n'));
        char variable[KEY_SIZE], name[KEY_SIZE + 32], where[PATH_SIZE];
        if (text_starts_with(line, TEXT("export ")))
            line = text_trim((struct text){line.data + 7, line.size - 7});
        if (!text_starts_with(line, TEXT(PREFIX)))
            continue;
        bool assigns = memchr(line.data, '=', line.size) != NULL;
        struct text left = text_trim(text_split(&line, '='));
        if (!assigns || !text_copy(variable, sizeof variable, left)) {
            (void)snprintf(where, sizeof where, "%s:%u", stacking->search->env_file, number);
            problem_set(stacking->problem, STATUS_CONFIG_INVALID, where, "no assignment");
            problem_allowed(stacking->problem, "TERN_NAME=VALUE");
            return STATUS_CONFIG_INVALID;
        }
        (void)snprintf(name, sizeof name, "%.24s: %s", stacking->search->env_file, variable);
        status = add_variable(stacking, name, variable, without_quotes(text_trim(line)));
    }
    return status;
}

static enum status add_env_file(struct stacking *stacking)
{
    const char *path = stacking->search->env_file;
    struct config_layer file;
    if (path == NULL || (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)))
        return STATUS_OK;
    enum status status = config_layer_load(path, &file, stacking->problem);
    if (status != STATUS_OK)
        return status;
    status = add_env_lines(stacking, file.text);
    config_layer_release(&file);
    return status;
}

static enum status add_environment(struct stacking *stacking)
{
    const char *const *at = stacking->search->environment;
    enum status status = STATUS_OK;
    for (; at != NULL && *at != NULL && status == STATUS_OK; at++) {
        struct text value = text_of(*at);
        char variable[KEY_SIZE];
        if (!text_starts_with(value, TEXT(PREFIX)))
            continue;
        (void)text_copy(variable, sizeof variable, text_split(&value, '='));
        if (value.data == NULL)
            value = TEXT("");
        status = add_variable(stacking, variable, variable, value);
    }
    return status;
}

/* ---- the profile's file ---------------------------------------------------------------------- */

/* profiles/NAME.yaml beside the file; false where the path does not fit. */
static bool profile_path(const char *file, const char *profile, char out[PATH_SIZE])
{
    const char *slash = strrchr(file, '/');
    int folder = slash == NULL ? 0 : (int)(slash - file) + 1;
    int size = snprintf(out, PATH_SIZE, "%.*sprofiles/%s.yaml", folder, file, profile);
    return size > 0 && (unsigned)size < PATH_SIZE;
}

/* A profile is one of the table's words; anything else is refused when the key is read, and is not
 * to become part of a path before. */
static bool is_plain_word(const char *word)
{
    for (const char *at = word; *at != '\0'; at++) {
        if (*at < 'a' || *at > 'z')
            return false;
    }
    return word[0] != '\0';
}

/* Files come before variables, so the variables already there move up by one. */
static enum status add_profile_file(struct stacking *stacking, const char *profile)
{
    const struct config_search *search = stacking->search;
    const char *beside[] = {search->project_file, search->user_file, search->system_file};
    struct config_stack *stack = stacking->stack;
    char path[PATH_SIZE];
    for (size_t i = 0; is_plain_word(profile) && i < ARRAY_COUNT(beside); i++) {
        if (beside[i] == NULL || !profile_path(beside[i], profile, path) || access(path, F_OK) != 0)
            continue;
        size_t files = stack->files, variables = stack->count - files;
        enum status status = add_file(stacking, path);
        if (status != STATUS_OK || stack->files == files)
            return status;
        struct config_layer file = stack->layers[stack->count - 1];
        memmove(&stack->layers[files + 1], &stack->layers[files], variables * sizeof file);
        stack->layers[files] = file;
        return STATUS_OK;
    }
    return STATUS_OK;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static enum status nothing_found(struct stacking *stacking)
{
    const struct config_search *search = stacking->search;
    problem_set(stacking->problem, STATUS_NOT_FOUND, "configuration", "there is no file");
    problem_allowed(stacking->problem, "%s, %s or %s",
                    search->project_file == NULL ? "tern.yaml" : search->project_file,
                    search->user_file == NULL ? "the user's file" : search->user_file,
                    search->system_file == NULL ? "the system's file" : search->system_file);
    problem_next(stacking->problem, "name a file, for instance examples/score.yaml");
    return STATUS_NOT_FOUND;
}

static enum status load(struct stacking *stacking)
{
    const struct config_search *search = stacking->search;
    struct config_stack *stack = stacking->stack;
    char profile[KEY_SIZE] = "";
    enum status status = add_file(stacking, search->system_file);
    if (status == STATUS_OK)
        status = add_file(stacking, search->user_file);
    if (status == STATUS_OK)
        status = add_file(stacking, search->project_file);
    if (status == STATUS_OK && stack->files == 0)
        status = nothing_found(stacking);
    for (size_t i = 0; status == STATUS_OK && i < stack->files; i++)
        status = profile_of_file(stacking, &stack->layers[i], profile);
    if (status == STATUS_OK)
        status = add_env_file(stacking);
    if (status == STATUS_OK)
        status = add_environment(stacking);
    if (status == STATUS_OK && search->profile != NULL)
        status = add_variable(stacking, "--profile", PREFIX "PROFILE", text_of(search->profile));
    for (size_t i = stack->files; status == STATUS_OK && i < stack->count; i++) {
        if (strcmp(stack->layers[i].key, "profile") == 0)
            (void)text_copy(profile, sizeof profile, text_trim(stack->layers[i].text));
    }
    return status == STATUS_OK ? add_profile_file(stacking, profile) : status;
}

enum status config_stack_load(const struct config_search *search, struct config_stack *out,
                              struct problem *problem)
{
    struct stacking stacking = {search, out, problem};
    out->count = 0;
    out->files = 0;
    out->memory = memory_new();
    enum status status = out->memory == NULL ? no_memory(&stacking) : load(&stacking);
    if (status != STATUS_OK)
        config_stack_release(out);
    return status;
}

void config_stack_release(struct config_stack *stack)
{
    for (size_t i = 0; i < stack->files; i++)
        config_layer_release(&stack->layers[i]);
    stack->count = 0;
    stack->files = 0;
    memory_free(stack->memory);
    stack->memory = NULL;
}
