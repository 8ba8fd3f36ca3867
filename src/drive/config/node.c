/* libyaml's events to a tree of nodes. */
#include "drive/config/node.h"

#include <stdio.h>
#include <string.h>
#include <yaml.h>

struct builder {
    const struct source *from;
    struct text source;
    struct config_memory *memory;
    struct problem *problem;
    struct node *open[NODE_DEPTH_MAX]; /* mappings and lists not closed yet */
    struct node *last[NODE_DEPTH_MAX]; /* the newest child of each */
    struct text key[NODE_DEPTH_MAX];   /* of the child to come; data NULL = none read */
    uint32_t key_line[NODE_DEPTH_MAX];
    uint32_t depth;
    struct node *root;
    uint32_t documents;
};

static enum status refuse(struct builder *builder, uint32_t line, const char *found,
                          const char *allowed, const char *next)
{
    char where[CONFIG_WHERE_SIZE];
    struct place place = {builder->from->name, builder->from->has_lines ? line : 0};
    config_where(where, place, NULL);
    problem_set(builder->problem, STATUS_CONFIG_INVALID, where, "%s", found);
    if (allowed != NULL)
        problem_allowed(builder->problem, "%s", allowed);
    if (next != NULL)
        problem_next(builder->problem, "%s", next);
    return builder->problem->status;
}

static enum status no_memory(struct builder *builder)
{
    return problem_set(builder->problem, STATUS_NO_MEMORY, builder->from->name, "%s",
                       status_sentence(STATUS_NO_MEMORY));
}

/* The text of a line of the source, without its end. */
static struct text source_line(struct text source, uint32_t line)
{
    struct text part = {NULL, 0};
    for (uint32_t i = 0; i < line && source.data != NULL; i++)
        part = text_split(&source, '\n');
    return part;
}

static enum status syntax_error(struct builder *builder, const yaml_parser_t *parser)
{
    uint32_t line = (uint32_t)parser->problem_mark.line + 1;
    if (parser->error == YAML_MEMORY_ERROR)
        return no_memory(builder);
    if (parser->error == YAML_READER_ERROR) {
        struct text before = {builder->source.data, parser->problem_offset};
        line = 1;
        for (size_t i = 0; i < before.size && i < builder->source.size; i++)
            line += before.data[i] == '\n';
        return refuse(builder, line, "a control character", "printable text, tabs between words",
                      NULL);
    }
    struct text content = source_line(builder->source, line);
    size_t indent = 0;
    while (indent < content.size && content.data[indent] == ' ')
        indent++;
    if (indent < content.size && content.data[indent] == '\t')
        return refuse(builder, line, "a tab in the indentation", "spaces only",
                      "replace the tab by spaces");
    char found[200];
    const char *said = parser->problem != NULL ? parser->problem : "not YAML";
    (void)snprintf(found, sizeof found, "YAML syntax: %s%s%s", said,
                   parser->context != NULL ? " " : "",
                   parser->context != NULL ? parser->context : "");
    return refuse(builder, line, found, NULL,
                  "check indentation, quotes and brackets here and in the line before");
}

static enum status attach(struct builder *builder, struct node *node)
{
    if (builder->depth == 0) {
        builder->root = node;
        return STATUS_OK;
    }
    uint32_t top = builder->depth - 1;
    struct node *parent = builder->open[top];
    if (parent->kind == NODE_MAPPING) {
        node->key = builder->key[top];
        node->line = builder->from->has_lines ? builder->key_line[top] : 0;
        builder->key[top] = (struct text){NULL, 0};
    }
    if (builder->last[top] != NULL)
        builder->last[top]->next = node;
    else
        parent->first = node;
    builder->last[top] = node;
    parent->count++;
    if (parent->kind == NODE_MAPPING && parent->count > NODE_KEYS_MAX)
        return refuse(builder, node->line, "a mapping of more than 1024 keys", "at most 1024 keys",
                      NULL);
    return STATUS_OK;
}

/* Whether what comes next in the innermost mapping is a key. */
static bool expects_key(const struct builder *builder)
{
    if (builder->depth == 0)
        return false;
    uint32_t top = builder->depth - 1;
    return builder->open[top]->kind == NODE_MAPPING && builder->key[top].data == NULL;
}

static enum status add_scalar(struct builder *builder, const yaml_event_t *event)
{
    uint32_t line = (uint32_t)event->start_mark.line + 1;
    struct text value = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (event->data.scalar.anchor != NULL)
        return refuse(builder, line, "an anchor", "each value written out", NULL);
    if (event->data.scalar.tag != NULL)
        return refuse(builder, line, "a tag", "plain values", NULL);
    if (memchr(value.data, '\0', value.size) != NULL)
        return refuse(builder, line, "a NUL character", "printable text", NULL);
    const char *copy = memory_text(builder->memory, value);
    if (copy == NULL)
        return no_memory(builder);
    value.data = copy;
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (expects_key(builder)) {
        if (plain && text_equal(value, TEXT("<<")))
            return refuse(builder, line, "a merge key", "each key written out", NULL);
        builder->key[builder->depth - 1] = value;
        builder->key_line[builder->depth - 1] = line;
        return STATUS_OK;
    }
    struct node *node = memory_take(builder->memory, 1, sizeof *node);
    if (node == NULL)
        return no_memory(builder);
    *node = (struct node){.kind = NODE_SCALAR,
                          .quoted = !plain,
                          .source = builder->from,
                          .line = builder->from->has_lines ? line : 0,
                          .text = value};
    return attach(builder, node);
}

static enum status open_node(struct builder *builder, const yaml_event_t *event)
{
    bool mapping = event->type == YAML_MAPPING_START_EVENT;
    uint32_t line = (uint32_t)event->start_mark.line + 1;
    if ((mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor) != NULL)
        return refuse(builder, line, "an anchor", "each value written out", NULL);
    if ((mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag) != NULL)
        return refuse(builder, line, "a tag", "plain values", NULL);
    if (expects_key(builder))
        return refuse(builder, line, mapping ? "a mapping as a key" : "a list as a key",
                      "a name as a key", NULL);
    if (builder->depth == NODE_DEPTH_MAX)
        return refuse(builder, line, "nesting deeper than 16", "at most 16 levels", NULL);
    struct node *node = memory_take(builder->memory, 1, sizeof *node);
    if (node == NULL)
        return no_memory(builder);
    *node = (struct node){.kind = mapping ? NODE_MAPPING : NODE_LIST,
                          .source = builder->from,
                          .line = builder->from->has_lines ? line : 0};
    enum status status = attach(builder, node);
    builder->open[builder->depth] = node;
    builder->last[builder->depth] = NULL;
    builder->key[builder->depth] = (struct text){NULL, 0};
    builder->depth++;
    return status;
}

static enum status take_event(struct builder *builder, const yaml_event_t *event)
{
    uint32_t line = (uint32_t)event->start_mark.line + 1;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (builder->documents++ > 0)
            return refuse(builder, line, "a second document", "one document in a file",
                          "remove the `---` and what follows it");
        return STATUS_OK;
    case YAML_ALIAS_EVENT: return refuse(builder, line, "an alias", "each value written out", NULL);
    case YAML_SCALAR_EVENT: return add_scalar(builder, event);
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT: return open_node(builder, event);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        ASSERT(builder->depth > 0);
        builder->depth--;
        return STATUS_OK;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    default: return STATUS_OK;
    }
}

static enum status run_parser(struct builder *builder, yaml_parser_t *parser)
{
    for (;;) {
        yaml_event_t event;
        if (yaml_parser_parse(parser, &event) == 0)
            return syntax_error(builder, parser);
        bool end = event.type == YAML_STREAM_END_EVENT;
        enum status status = take_event(builder, &event);
        yaml_event_delete(&event);
        if (status != STATUS_OK || end)
            return status;
    }
}

/* Size and characters, before the parser sees them; cuts a byte order mark off. */
static enum status check_bytes(struct builder *builder)
{
    if (builder->source.size > CONFIG_TEXT_SIZE_MAX)
        return refuse(builder, 1, "a text of more than 8 MiB", "at most 8 MiB", NULL);
    if (text_starts_with(builder->source, TEXT("\xEF\xBB\xBF"))) {
        builder->source.data += 3;
        builder->source.size -= 3;
    }
    if (builder->source.data == NULL)
        builder->source = TEXT("");
    uint32_t line = 1;
    for (struct text rest = builder->source; rest.size > 0;) {
        size_t size = text_utf8_size(rest);
        if (size == 0)
            return refuse(builder, line, "a byte that is not UTF-8", "UTF-8 text",
                          "save the file as UTF-8");
        line += rest.data[0] == '\n';
        rest.data += size;
        rest.size -= size;
    }
    return STATUS_OK;
}

enum status node_read(const struct source *source, struct text text, struct config_memory *memory,
                      struct node **out, struct problem *problem)
{
    struct builder builder = {.from = source, .source = text, .memory = memory, .problem = problem};
    enum status status = check_bytes(&builder);
    if (status != STATUS_OK)
        return status;
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0)
        return no_memory(&builder);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)builder.source.data,
                                 builder.source.size);
    status = run_parser(&builder, &parser);
    yaml_parser_delete(&parser);
    *out = builder.root;
    return status;
}

struct node *node_find(const struct node *node, struct text key)
{
    if (node == NULL || node->kind != NODE_MAPPING)
        return NULL;
    for (struct node *child = node->first; child != NULL; child = child->next) {
        if (text_equal(child->key, key))
            return child;
    }
    return NULL;
}

struct place node_place(const struct node *node)
{
    return (struct place){node->source->name, node->line};
}

bool node_is_null(const struct node *node)
{
    return node->kind == NODE_SCALAR && !node->quoted &&
           (node->text.size == 0 || text_equal(node->text, TEXT("~")) ||
            text_equal(node->text, TEXT("null")));
}

void node_describe(const struct node *node, char out[120])
{
    if (node->kind == NODE_MAPPING)
        (void)snprintf(out, 120, "a mapping");
    else if (node->kind == NODE_LIST)
        (void)snprintf(out, 120, node->count == 0 ? "an empty list" : "a list");
    else if (node_is_null(node))
        (void)snprintf(out, 120, "nothing");
    else
        (void)snprintf(out, 120, "\"%.*s\"", (int)(node->text.size < 80 ? node->text.size : 80),
                       node->text.data);
}
