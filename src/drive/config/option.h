/* The option table: one row a key. Internal to drive/config.
 *
 *     enter: -0.5            one row of section `bots`: name "enter", type double, offset of
 *                            config_bot.enter, default 0.05, range -1 to 1, reload live, sentence
 *
 * A section is the set of keys of one mapping and the struct that they fill. The reader, the range
 * check, the canonical text, the list of origins and the reference page all walk these tables, so a
 * key is added by adding a row (and a member of the struct), nothing else. */
#ifndef TERN_DRIVE_CONFIG_OPTION_H
#define TERN_DRIVE_CONFIG_OPTION_H

#include "drive/config/config.h"

/* The type of a value, and the C type that is written at the row's offset. */
enum option_type {
    OPTION_TEXT,       /* const char *: any printable text */
    OPTION_NAME,       /* const char *: letters, digits, `_`, `-`, `.` */
    OPTION_METRIC,     /* const char *: lower-case letters, digits, `_` */
    OPTION_ASSET,      /* const char *: `USD` */
    OPTION_INSTRUMENT, /* const char *: `BTC-USD` */
    OPTION_PATH,       /* const char *: resolved against the configuration's folder */
    OPTION_ADDRESS,    /* const char *: `host:port` */
    OPTION_SOCKET,     /* const char *: `auto` or a path */
    OPTION_URL,        /* const char *: `http://` or `https://` */
    OPTION_INTEGER,    /* int64_t */
    OPTION_BOOLEAN,    /* bool */
    OPTION_AMOUNT,     /* struct amount */
    OPTION_RATIO,      /* struct ratio */
    OPTION_BPS,        /* struct ratio, written in hundredths of a per cent */
    OPTION_DOUBLE,     /* double */
    OPTION_DURATION,   /* int64_t: nanoseconds */
    OPTION_CLOCK,      /* int64_t: nanoseconds since midnight, `HH:MM` */
    OPTION_TIME,       /* int64_t: nanoseconds since 1970 */
    OPTION_SIZE,       /* int64_t: bytes, `64MiB` */
    OPTION_CHOICE,     /* an enum of 32 bits: index into choices */
    OPTION_FEED,       /* the same; the choice `tape` is followed by a file */
    OPTION_DAYS,       /* uint32_t: a list of days, as bits */
    OPTION_NAMES,      /* struct config_names: a list of instruments */
    OPTION_RATIOS,     /* struct config_ratios: a list of shares */
    OPTION_RECORD,     /* a mapping with the keys of `section` */
    OPTION_PARAMS,     /* the same; the section follows from the bot's kind */
    OPTION_LIST,       /* a list of such mappings: pointer at offset, count at count_offset */
    OPTION_MAP,        /* the same, written as a mapping; the section's first row is the key */
};

enum option_flag {
    OPTION_REQUIRED = 1 << 0, /* there is no default */
    OPTION_OPTIONAL = 1 << 1, /* may be absent, and `null` says so */
    OPTION_MARK = 1 << 2,     /* whether there is a value goes to the bool at set_offset */
    OPTION_LIMIT = 1 << 3,    /* `off` says so too; the default does not hold in a back-test */
    OPTION_POSITIVE = 1 << 4, /* greater than 0 */
    OPTION_LIVE = 1 << 5,     /* a change takes effect without a restart */
    OPTION_UNHASHED = 1 << 6, /* cannot change a result: not part of config_hash */
    OPTION_BRIEF = 1 << 7,    /* another way to write its neighbours: not in the canonical text */
    OPTION_SELECTOR = 1 << 8, /* a choice that says which other rows of the section apply */
    OPTION_LATER = 1 << 9,    /* came later: its default is not part of config_hash, so that
                              configurations of before keep theirs */
};

struct section;

struct option {
    const char *name;
    enum option_type type;
    uint32_t flags;
    uint32_t when;  /* bits of the selector's values it applies to; 0 = all */
    uint32_t later; /* bits of the selector's values to which it came later (OPTION_LATER) */
    size_t offset;
    size_t set_offset;   /* OPTION_MARK */
    size_t count_offset; /* OPTION_LIST, OPTION_MAP; OPTION_FEED: of the file's pointer */
    uint32_t count_max;
    const char *fallback;      /* default, as one would write it; NULL = absent or worked out */
    const char *fallback_note; /* how it is worked out */
    const char *backtest;      /* default in a back-test where it is another one */
    const char *minimum, *maximum;
    const char *const *choices; /* ends with NULL */
    uint32_t refused;           /* bits of choices that are known but not supported yet */
    const struct section *section;
    const char *unit;
    const char *sentence;
};

/* How the tables are written: ROW(.name = "enter", .type = OPTION_DOUBLE, ...). */
#define ROW(...)    \
    {               \
        __VA_ARGS__ \
    }
#define SECTION(title, rows, record, brief)                          \
    {                                                                \
        title, rows, ARRAY_COUNT(rows), sizeof(struct record), brief \
    }

struct section {
    const char *title; /* of its part of the reference page */
    const struct option *options;
    uint32_t options_count;
    size_t record_size;
    const char *brief; /* the row that a bare value stands for, or NULL */
};

extern const struct section config_section_root;
extern const struct section config_section_risk;
extern const struct section config_section_guard;
extern const struct section config_section_bot;
/* Parameters of a bot kind; NULL for score (it has signals) and for kinds not supported yet. */
const struct section *config_section_params(enum config_bot_kind kind);

/* The section a row leads to, for the record at hand: NULL where there is none. */
const struct section *option_section(const struct option *option, const void *record);
/* The row of that name, or NULL. */
const struct option *section_find(const struct section *section, struct text name);
/* The row that says which others apply, or NULL. */
const struct option *section_selector(const struct section *section);
/* Whether the row applies to the record: its selector, read before, has a value that it allows. */
bool option_applies(const struct section *section, const struct option *option, const void *record);
/* The default in that mode, NULL = absent. */
const char *option_fallback(const struct option *option, enum config_mode mode);
/* Whether the record's value is the default of the row. */
bool option_is_default(const struct option *option, const void *record, enum config_mode mode);
/* Whether the row's C type is a pointer to text. */
bool option_is_text(const struct option *option);
/* Whether one scalar is its value (and not a list or a mapping). */
bool option_is_scalar(const struct option *option);
/* Whether the record has a value for it. */
bool option_is_set(const struct option *option, const void *record);

#define OPTION_ALLOWED_SIZE 320
/* What a value of the row may be, in words: "a duration from 10ms to 1h, such as 5s". */
void option_allowed(const struct option *option, char out[OPTION_ALLOWED_SIZE]);

struct config_memory;
/* Reads a scalar's characters into the C type at `at`. STATUS_SYNTAX: not of that type;
 * STATUS_RANGE, STATUS_TOO_FINE, STATUS_UNSUPPORTED, STATUS_NO_MEMORY. Text is copied to memory. */
MUST_USE enum status value_read(const struct option *option, struct text text, void *at,
                                struct config_memory *memory);
/* Writes it back in one form, without quotes; reads back to the same value. */
void value_format(const struct option *option, const void *at, struct text_buffer *out);

/* Zeroed memory that is freed as a whole, aligned for any type; NULL without memory. */
struct config_memory *memory_new(void);
void *memory_take(struct config_memory *memory, size_t count, size_t size);
/* A NUL-terminated copy; NULL without memory. */
const char *memory_text(struct config_memory *memory, struct text text);
void memory_free(struct config_memory *memory);

/* Where something stands: a layer's name and a line of it, 0 where the layer has no lines. */
struct place {
    const char *source;
    uint32_t line;
};

/* Where values came from. Added in any order; found after origins_sort. Sources are borrowed. */
struct config_origins *origins_new(struct config_memory *memory);
MUST_USE bool origins_add(struct config_origins *origins, struct config_memory *memory,
                          const char *key, struct place place);
MUST_USE bool origins_sort(struct config_origins *origins, struct config_memory *memory);
/* false where the value is a default. */
MUST_USE bool origins_find(const struct config_origins *origins, const char *key,
                           struct place *out);
/* The place of the key or of the nearest part of it that a layer has; else *out stays. */
void origins_find_near(const struct config_origins *origins, const char *key, struct place *out);

/* Fills what follows from other values and checks every rule between keys. */
MUST_USE enum status config_check(struct config *config, struct problem *problem);

/* `file:line: key`; without the line or the key where there is none. */
void config_where(char out[CONFIG_WHERE_SIZE], struct place place, const char *key);

#endif
