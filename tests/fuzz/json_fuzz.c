/* The JSON reader under libFuzzer: its verdict against the checker's, and everything it gives lies
 * within the bytes it was given. */
#include <stdlib.h>

#include "base/json_read.h"
#include "../unit/json_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool within(struct text text, const char *data, size_t size)
{
    return text.size == 0 || (text.data >= data && text.data + text.size <= data + size);
}

static void look(const struct json_value *value, const char *data, size_t size, unsigned depth)
{
    uint32_t count = 0;
    ASSERT(depth <= JSON_READ_DEPTH_MAX);
    ASSERT(within(value->text, data, size) && within(value->key, data, size));
    for (const struct json_value *child = value->first; child != NULL; child = child->next) {
        look(child, data, size, depth + 1);
        count++;
    }
    ASSERT(count == value->count);
    double number;
    if (json_read_double(value, &number))
        ASSERT(value->type == JSON_NUMBER && number - number == 0);
}

/* The checker does not look at surrogates and has no bound of its own for depth. */
static bool checker_differs(struct text text)
{
    unsigned open = 0;
    for (size_t i = 0; i < text.size; i++) {
        open += text.data[i] == '[' || text.data[i] == '{';
        if (i + 2 < text.size && text.data[i] == 'u' && (text.data[i + 1] | 0x20) == 'd')
            return true;
    }
    return open >= 30;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + 1);
    if (copy == NULL)
        return 0;
    memcpy(copy, data, size);
    struct text text = {copy, size};
    bool differs = checker_differs(text);
    bool expected = !differs && json_is_valid(text);
    struct json_document document;
    uint32_t line = 0;
    enum status status = json_document_read(&document, copy, size, &line);
    ASSERT(differs || (status == STATUS_OK) == expected);
    if (status == STATUS_OK) {
        look(document.root, copy, size, 0);
        json_document_release(&document);
    } else {
        ASSERT(line >= 1 && line <= size + 1);
    }
    free(copy);
    return 0;
}
