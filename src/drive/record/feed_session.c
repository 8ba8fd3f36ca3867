#include "drive/record/feed_session.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "world/tape/recording.h"

#define PATH_SIZE 4096

struct part {
    char path[PATH_SIZE];
    struct recording recording;
    bool has_event;
    uint32_t instrument;
    struct depth_event
        event; /* the next one; its deltas are the recording's until it is asked on */
};

struct feed_session {
    struct feed feed;
    struct part parts[FEED_SESSION_FILES_MAX];
    struct feed_instrument instruments[FEED_SESSION_FILES_MAX];
    char names[FEED_SESSION_FILES_MAX][TAPE_INSTRUMENT_SIZE];
    uint32_t parts_count;
    uint32_t taken; /* the part whose event was handed out last; parts_count: none */
};

static enum status advance(struct part *part, struct problem *problem)
{
    enum status status = recording_next(&part->recording, &part->event, problem);
    part->has_event = status == STATUS_OK;
    return status == STATUS_END ? STATUS_OK : status;
}

static enum status session_feed_next_event(struct feed *feed, int64_t wait_ns,
                                           struct feed_event *out, struct problem *problem)
{
    (void)wait_ns;
    struct feed_session *self = (struct feed_session *)feed;
    if (self->taken < self->parts_count) {
        enum status status = advance(&self->parts[self->taken], problem);
        if (status != STATUS_OK)
            return status;
    }
    self->taken = self->parts_count;
    for (uint32_t i = 0; i < self->parts_count; i++) {
        const struct part *part = &self->parts[i];
        if (part->has_event && (self->taken == self->parts_count ||
                                part->event.receive_ns < self->parts[self->taken].event.receive_ns))
            self->taken = i;
    }
    if (self->taken == self->parts_count)
        return STATUS_END;
    out->instrument = self->parts[self->taken].instrument;
    out->event = self->parts[self->taken].event;
    return STATUS_OK;
}

static void session_feed_close(struct feed *feed)
{
    struct feed_session *self = (struct feed_session *)feed;
    for (uint32_t i = 0; i < self->parts_count; i++)
        recording_close(&self->parts[i].recording);
    free(self);
}

static void name_of(const struct part *part, char out[TAPE_INSTRUMENT_SIZE])
{
    const char *slash = strrchr(part->path, '/');
    struct text base = text_of(slash == NULL ? part->path : slash + 1);
    (void)text_copy(out, TAPE_INSTRUMENT_SIZE, text_of(part->recording.instrument));
    if (out[0] != '\0')
        return;
    for (size_t i = 0; i < base.size && i + 1 < TAPE_INSTRUMENT_SIZE && base.data[i] != '.'; i++)
        out[i] = (char)toupper((unsigned char)base.data[i]);
}

/* The instrument of a part. */
static enum status place_part(struct feed_session *self, uint32_t index, struct problem *problem)
{
    struct part *part = &self->parts[index];
    char name[TAPE_INSTRUMENT_SIZE] = "";
    name_of(part, name);
    for (uint32_t i = 0; i < index; i++) {
        const struct part *other = &self->parts[i];
        if (other->recording.kind == part->recording.kind &&
            strcmp(self->names[other->instrument], name) == 0) {
            problem_set(problem, STATUS_USAGE, part->path, "%s of %s, as %s", name,
                        tape_kind_name(tape_kind_of(part->recording.kind)), other->path);
            problem_allowed(problem, "one file of a kind for each instrument");
            return STATUS_USAGE;
        }
    }
    /* Decimals are a file's own, so a file is an instrument of its own where they differ. */
    uint32_t at = 0;
    while (at < self->feed.instruments_count &&
           (strcmp(self->names[at], name) != 0 ||
            self->instruments[at].price_decimals != part->recording.price_decimals ||
            self->instruments[at].quantity_decimals != part->recording.quantity_decimals))
        at++;
    part->instrument = at;
    if (at == self->feed.instruments_count) {
        (void)text_copy(self->names[at], sizeof self->names[at], text_of(name));
        self->instruments[at] = (struct feed_instrument){
            self->names[at], part->recording.price_decimals, part->recording.quantity_decimals, 0};
        self->feed.instruments_count++;
    }
    self->instruments[at].kinds |= 1u << part->recording.kind;
    return STATUS_OK;
}

static enum status open_part(struct feed_session *self, struct text path, struct problem *problem)
{
    uint32_t index = self->parts_count;
    if (path.size == 0 || path.size >= PATH_SIZE || index == FEED_SESSION_FILES_MAX) {
        problem_set(problem, STATUS_USAGE, "--tape", "\"%.*s\"", (int)path.size, path.data);
        problem_allowed(problem, "1 to %u paths with commas between them", FEED_SESSION_FILES_MAX);
        return STATUS_USAGE;
    }
    struct part *part = &self->parts[index];
    (void)text_copy(part->path, sizeof part->path, path);
    self->parts_count++;
    enum status status = recording_open(&part->recording, part->path, NULL, problem);
    if (status == STATUS_OK)
        status = place_part(self, index, problem);
    return status == STATUS_OK ? advance(part, problem) : status;
}

enum status feed_session_open(const char *files, struct feed **out, struct problem *problem)
{
    static const struct feed_class class = {.name = "tape",
                                            .is_repeatable = true,
                                            .next = session_feed_next_event,
                                            .close = session_feed_close};
    *out = NULL;
    struct feed_session *self = calloc(1, sizeof *self);
    if (self == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "--tape", "not enough memory");
    self->feed.class = &class;
    self->feed.instruments = self->instruments;
    struct text rest = text_of(files);
    enum status status;
    do {
        status = open_part(self, text_split(&rest, ','), problem);
    } while (status == STATUS_OK && rest.size > 0);
    self->taken = self->parts_count;
    if (status != STATUS_OK) {
        session_feed_close(&self->feed);
        return status;
    }
    *out = &self->feed;
    return STATUS_OK;
}
