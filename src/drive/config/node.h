/* YAML text to a small tree that remembers its lines. Internal to drive/config.
 *
 *     risk:                        mapping, key "risk", line 1
 *       drawdown_max: 0.10         scalar "0.10", key "drawdown_max", line 2
 *
 * Only what a configuration needs is read: mappings, lists and scalars of one document. Anchors,
 * aliases, merge keys and tags are refused: they hide what a line says. Scalars keep the characters
 * of the file, so a number is never seen as a double on its way. */
#ifndef TERN_DRIVE_CONFIG_NODE_H
#define TERN_DRIVE_CONFIG_NODE_H

#include "drive/config/option.h"

#define NODE_DEPTH_MAX 16
#define NODE_KEYS_MAX 1024 /* of one mapping */

enum node_kind { NODE_SCALAR, NODE_MAPPING, NODE_LIST };

/* What a tree was read from; owned by the configuration's memory. */
struct source {
    const char *name;
    const char *folder; /* of relative paths; NULL = they stay as they are */
    bool has_lines;     /* a file; not the value of one key */
};

struct node {
    enum node_kind kind;
    bool quoted; /* a scalar in quotes or a block: never null */
    const struct source *source;
    uint32_t line;      /* of the key where the node has one, else of the node; 0 = no lines */
    struct text key;    /* in a mapping; else empty */
    struct text text;   /* scalar; NUL-terminated */
    struct node *first; /* child */
    struct node *next;  /* sibling */
    uint32_t count;     /* of children */
};

/* Reads one document into *out, owned by memory; NULL where there is nothing in it. */
MUST_USE enum status node_read(const struct source *source, struct text text,
                               struct config_memory *memory, struct node **out,
                               struct problem *problem);
/* The child of that key, or NULL; node may be NULL or no mapping. */
struct node *node_find(const struct node *node, struct text key);
struct place node_place(const struct node *node);
/* `~`, `null` or nothing, without quotes. */
bool node_is_null(const struct node *node);
/* "a mapping", "a list", or the text in quotes; for problems. */
void node_describe(const struct node *node, char out[120]);

/* Fills a config whose mode, name, memory and origins are set, from the root of a tree. Rules
 * between keys are checked by config_check, later. */
MUST_USE enum status config_fill(struct config *config, const struct node *root,
                                 struct problem *problem);
/* Lays the layers over each other. The tree is owned by scratch, its sources by memory. */
MUST_USE enum status layers_read(const struct config_layer *layers, size_t count,
                                 struct config_memory *memory, struct config_memory *scratch,
                                 struct node **out, struct problem *problem);

#endif
