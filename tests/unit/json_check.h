/* A strict JSON checker for tests (RFC 8259): is the text one valid document and nothing else. */
#ifndef TERN_TESTS_JSON_CHECK_H
#define TERN_TESTS_JSON_CHECK_H

#include "base/json_write.h"

#include <string.h>

struct json_check {
    const char *at, *end;
    unsigned depth;
};

/* A NUL is none of the characters, though strchr finds it at the end of them. */
static inline bool json_is_one_of(char byte, const char *characters)
{
    return byte != '\0' && strchr(characters, byte) != NULL;
}

static inline void json_space(struct json_check *check)
{
    while (check->at < check->end && json_is_one_of(*check->at, " \t\r\n"))
        check->at++;
}

static inline bool json_take(struct json_check *check, const char *word)
{
    size_t size = strlen(word);
    if ((size_t)(check->end - check->at) < size || memcmp(check->at, word, size) != 0)
        return false;
    check->at += size;
    return true;
}

static inline bool json_check_string(struct json_check *check)
{
    if (!json_take(check, "\""))
        return false;
    while (check->at < check->end) {
        unsigned char byte = (unsigned char)*check->at;
        if (byte == '"')
            return json_take(check, "\"");
        if (byte < 0x20)
            return false;
        if (byte == '\\') {
            check->at++;
            if (check->at == check->end || !json_is_one_of(*check->at, "\"\\/bfnrtu"))
                return false;
            for (int i = 0; i < 4 && *check->at == 'u'; i++) {
                if (check->end - check->at < 5 ||
                    !json_is_one_of(check->at[1 + i], "0123456789abcdefABCDEF"))
                    return false;
            }
            check->at += *check->at == 'u' ? 5 : 1;
            continue;
        }
        uint32_t character;
        struct text rest = {check->at, (size_t)(check->end - check->at)};
        size_t size = utf8_decode(rest, &character);
        if (character == 0xFFFD && size == 1)
            return false;
        check->at += size;
    }
    return false;
}

static inline bool json_check_digits(struct json_check *check)
{
    const char *first = check->at;
    while (check->at < check->end && *check->at >= '0' && *check->at <= '9')
        check->at++;
    return check->at > first;
}

static inline bool json_check_number(struct json_check *check)
{
    (void)json_take(check, "-");
    if (!json_take(check, "0") && !json_check_digits(check))
        return false;
    if (json_take(check, ".") && !json_check_digits(check))
        return false;
    if (json_take(check, "e") || json_take(check, "E")) {
        if (!json_take(check, "+"))
            (void)json_take(check, "-");
        return json_check_digits(check);
    }
    return true;
}

static inline bool json_check_value(struct json_check *check);

static inline bool json_check_members(struct json_check *check, bool object)
{
    const char *end = object ? "}" : "]";
    check->at++;
    json_space(check);
    if (json_take(check, end))
        return true;
    do {
        json_space(check);
        if (object) {
            if (!json_check_string(check))
                return false;
            json_space(check);
            if (!json_take(check, ":"))
                return false;
        }
        if (!json_check_value(check))
            return false;
        json_space(check);
    } while (json_take(check, ","));
    return json_take(check, end);
}

static inline bool json_check_value(struct json_check *check)
{
    json_space(check);
    if (check->at == check->end || ++check->depth > 64)
        return false;
    bool valid = *check->at == '{'   ? json_check_members(check, true)
                 : *check->at == '[' ? json_check_members(check, false)
                 : *check->at == '"' ? json_check_string(check)
                                     : json_take(check, "true") || json_take(check, "false") ||
                                           json_take(check, "null") || json_check_number(check);
    check->depth--;
    return valid;
}

static inline bool json_is_valid(struct text text)
{
    struct json_check check = {text.data, text.data + text.size, 0};
    if (!json_check_value(&check))
        return false;
    json_space(&check);
    return check.at == check.end;
}

#endif
