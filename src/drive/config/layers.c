/* Several sources of settings laid over each other: files, then single keys.
 *
 *     /etc/tern/config.yaml           risk: {drawdown_max: 0.1, daily_loss_max: 250}
 *     tern.yaml                       risk: {drawdown_max: 0.2}
 *     --set risk.cash_reserve=100     risk: {cash_reserve: 100}
 *     together                        risk: {drawdown_max: 0.2, daily_loss_max: 250,
 *                                            cash_reserve: 100}
 *
 * Every node keeps the source it came from, so problems and origins name the right one. A key that
 * is twice in one layer stays twice, for the reader to refuse. */
#include "drive/config/node.h"

#include <stdio.h>
#include <string.h>

struct layers {
    struct config_memory *memory;  /* of the configuration */
    struct config_memory *scratch; /* of the trees */
    struct problem *problem;
};

static enum status no_memory(struct layers *layers, const char *name)
{
    return problem_set(layers->problem, STATUS_NO_MEMORY, name, "%s",
                       status_sentence(STATUS_NO_MEMORY));
}

static enum status refuse(struct layers *layers, struct place place, const char *key,
                          const char *found, const char *allowed)
{
    char where[CONFIG_WHERE_SIZE];
    config_where(where, place, key);
    problem_set(layers->problem, STATUS_CONFIG_INVALID, where, "%s", found);
    problem_allowed(layers->problem, "%s", allowed);
    return layers->problem->status;
}

/* Puts node into the mapping, in place of the child of that key that an earlier layer has. */
static void put(struct node *mapping, struct node *node)
{
    struct node **at = &mapping->first;
    while (*at != NULL && !(text_equal((*at)->key, node->key) && (*at)->source != node->source))
        at = &(*at)->next;
    if (*at == NULL)
        mapping->count++;
    node->next = *at != NULL ? (*at)->next : NULL;
    *at = node;
}

/* Lays `over` onto the mapping `under`; as deep as the trees, so at most NODE_DEPTH_MAX. */
static void merge(struct node *under, struct node *over)
{
    for (struct node *child = over->first; child != NULL;) {
        struct node *next = child->next;
        struct node *old = node_find(under, child->key);
        bool mappings = old != NULL && old->kind == NODE_MAPPING && child->kind == NODE_MAPPING;
        if (mappings && old->source != child->source)
            merge(old, child);
        else
            put(under, child);
        child = next;
    }
    under->source = over->source;
    under->line = over->line;
}

static enum status lay_file(struct layers *layers, const struct source *source, struct text text,
                            struct node **root)
{
    struct node *node = NULL;
    struct place place = {source->name, 1};
    enum status status = node_read(source, text, layers->scratch, &node, layers->problem);
    if (status != STATUS_OK)
        return status;
    if (node == NULL || node_is_null(node)) {
        refuse(layers, place, NULL, "nothing but white space and comments", "tern: 1 and more");
        problem_next(layers->problem, "tern init");
        return layers->problem->status;
    }
    if (node->kind != NODE_MAPPING)
        return refuse(layers, node_place(node), NULL, "found no mapping of keys to values",
                      "lines such as `tern: 1`");
    if (*root == NULL) {
        *root = node;
        return STATUS_OK;
    }
    const struct node *without = node_find(*root, TEXT("tern")) == NULL  ? *root
                                 : node_find(node, TEXT("tern")) == NULL ? node
                                                                         : NULL;
    if (without != NULL)
        return refuse(layers, (struct place){without->source->name, 1}, "tern", "missing", "1");
    merge(*root, node);
    return STATUS_OK;
}

/* The item `[3]` or `[score-btc]` of a list, or NULL. */
static struct node *find_item(const struct node *list, struct text wanted)
{
    int64_t index = -1, at = 0;
    if (list->kind != NODE_LIST)
        return NULL;
    bool is_number = wanted.size > 0 && wanted.data[0] >= '0' && wanted.data[0] <= '9' &&
                     decimal_parse_i64(wanted, 0, &index) == STATUS_OK;
    for (struct node *item = list->first; item != NULL; item = item->next, at++) {
        const struct node *name = node_find(item, TEXT("name"));
        bool named = name != NULL && name->kind == NODE_SCALAR && text_equal(name->text, wanted);
        if (named || (is_number && at == index))
            return item;
    }
    return NULL;
}

/* `one of a, b` for a list whose items have names; false for anything else. */
static bool item_names(const struct node *list, char *out, size_t size)
{
    size_t used = 0;
    if (list->kind != NODE_LIST)
        return false;
    for (const struct node *item = list->first; item != NULL && used < size; item = item->next) {
        const struct node *name = node_find(item, TEXT("name"));
        if (name == NULL || name->kind != NODE_SCALAR)
            continue;
        int more = snprintf(out + used, size - used, "%s%.*s", used == 0 ? "one of " : ", ",
                            (int)(name->text.size < 64 ? name->text.size : 64), name->text.data);
        used += more > 0 ? (size_t)more : 0;
    }
    return used > 0;
}

/* The child of that key, which becomes a mapping where it is not there yet or empty. */
static struct node *enter(struct layers *layers, struct node *mapping, struct text key,
                          const struct source *source)
{
    struct node *child = node_find(mapping, key);
    if (child != NULL && !node_is_null(child))
        return child;
    child = memory_take(layers->scratch, 1, sizeof *child);
    if (child != NULL) {
        *child = (struct node){.kind = NODE_MAPPING, .source = source, .key = key};
        put(mapping, child);
    }
    return child;
}

/* Cuts the next step off a path: `bots`, then `[0]`, then `enter`. An item keeps its brackets. */
static struct text next_step(struct text *path)
{
    size_t size = 0;
    bool item = path->size > 0 && path->data[0] == '[';
    while (size < path->size &&
           (item ? path->data[size] != ']' : path->data[size] != '.' && path->data[size] != '['))
        size++;
    size += item && size < path->size ? 1 : 0;
    struct text step = {path->data, size};
    path->data += size;
    path->size -= size;
    if (path->size > 1 && path->data[0] == '.') {
        path->data++;
        path->size--;
    }
    return step;
}

/* Sets the one key that the layer names. */
static enum status lay_key(struct layers *layers, const struct config_layer *layer,
                           const struct source *source, struct node *root)
{
    struct text path = text_of(layer->key);
    struct place place = {source->name, 0};
    struct node *value = NULL, *at = root;
    char found[160];
    enum status status = node_read(source, layer->text, layers->scratch, &value, layers->problem);
    if (status != STATUS_OK)
        return status;
    if (value == NULL)
        value = memory_take(layers->scratch, 1, sizeof *value);
    if (value == NULL)
        return no_memory(layers, source->name);
    value->source = source;
    do {
        struct text step = next_step(&path);
        bool item = step.size > 2 && step.data[0] == '[' && step.data[step.size - 1] == ']';
        struct node *child = NULL;
        bool key = !item && step.size > 0 && at->kind == NODE_MAPPING;
        if (item)
            child = find_item(at, (struct text){step.data + 1, step.size - 2});
        if (item && child != NULL && path.size == 0) {
            value->next = child->next;
            *child = *value;
        } else if (key && path.size == 0) {
            value->key = step;
            put(at, value);
        } else if (key) {
            child = enter(layers, at, step, source);
            if (child == NULL)
                return no_memory(layers, source->name);
        } else if (child == NULL) {
            (void)snprintf(found, sizeof found, "there is no \"%.*s\" here",
                           (int)(step.size < 64 ? step.size : 64), step.data);
            char names[240];
            return refuse(layers, place, layer->key, found,
                          item && item_names(at, names, sizeof names)
                              ? names
                              : "the path of a key, such as risk.drawdown_max or bots[0].enter");
        }
        at = child;
    } while (path.size > 0);
    return STATUS_OK;
}

static struct source *add_source(struct layers *layers, const struct config_layer *layer)
{
    struct source *source = memory_take(layers->memory, 1, sizeof *source);
    if (source == NULL)
        return NULL;
    source->name = memory_text(layers->memory, text_of(layer->name));
    source->folder = layer->folder; /* borrowed: read_all is over before it goes */
    source->has_lines = layer->key == NULL;
    return source->name != NULL ? source : NULL;
}

enum status layers_read(const struct config_layer *layers, size_t count,
                        struct config_memory *memory, struct config_memory *scratch,
                        struct node **out, struct problem *problem)
{
    struct layers state = {memory, scratch, problem};
    *out = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct source *source = add_source(&state, &layers[i]);
        if (source == NULL)
            return no_memory(&state, layers[i].name);
        ASSERT(layers[i].key == NULL || *out != NULL); /* a file comes first */
        enum status status = layers[i].key == NULL ? lay_file(&state, source, layers[i].text, out)
                                                   : lay_key(&state, &layers[i], source, *out);
        if (status != STATUS_OK)
            return status;
    }
    ASSERT(*out != NULL);
    return STATUS_OK;
}
