#include "world/tape/recording.h"

#include <string.h>

bool recording_is(const char *path)
{
    struct tape_reader *reader;
    struct problem problem;
    if (!tape_is_tape(path))
        return depth_is_recording(path);
    problem_init(&problem);
    bool is = tape_reader_open(path, &reader, &problem) == STATUS_OK &&
              tape_reader_summary(reader)->facts.kind != TAPE_BARS;
    tape_reader_close(reader);
    return is;
}

static enum status open_tape(struct recording *recording, struct problem *problem)
{
    enum status status = tape_reader_open(recording->path, &recording->reader, problem);
    if (status != STATUS_OK)
        return status;
    const struct tape_summary *summary = tape_reader_summary(recording->reader);
    status = tape_events_open(recording->reader, recording->path, INT64_MIN, true,
                              &recording->events, problem);
    if (status != STATUS_OK)
        return status;
    recording->kind = tape_depth_kind(summary->facts.kind);
    recording->price_decimals = summary->facts.price_decimals;
    recording->quantity_decimals = summary->facts.quantity_decimals;
    recording->complete = summary->complete;
    recording->size_lost = summary->size_lost;
    recording->told = summary->content_hash;
    (void)text_copy(recording->instrument, sizeof recording->instrument,
                    text_of(summary->facts.instrument));
    return STATUS_OK;
}

enum status recording_open(struct recording *recording, const char *path,
                           const struct depth_faults *faults, struct problem *problem)
{
    *recording = (struct recording){.path = path, .is_tape = tape_is_tape(path)};
    if (recording->is_tape)
        return open_tape(recording, problem);
    struct depth_source source = {.path = path, .faults = faults};
    recording->complete = true;
    enum status status = depth_decimals(path, &source.price_decimals, &source.quantity_decimals,
                                        problem);
    if (status == STATUS_OK)
        status = depth_reader_open(&source, &recording->rows, problem);
    if (status != STATUS_OK)
        return status;
    recording->kind = depth_reader_kind(recording->rows);
    recording->price_decimals = source.price_decimals;
    recording->quantity_decimals = source.quantity_decimals;
    return STATUS_OK;
}

enum status recording_next(struct recording *recording, struct depth_event *out,
                           struct problem *problem)
{
    return recording->is_tape ? tape_events_next(recording->events, out, problem)
                              : depth_reader_next(recording->rows, out, problem);
}

uint64_t recording_line(const struct recording *recording)
{
    return recording->is_tape ? 0 : depth_reader_line(recording->rows);
}

void recording_close(struct recording *recording)
{
    tape_events_close(recording->events);
    tape_reader_close(recording->reader);
    depth_reader_close(recording->rows);
    *recording = (struct recording){0};
}

enum status recording_read(const struct depth_source *source, enum depth_kind kind,
                           struct depth_data *out, struct problem *problem)
{
    return tape_is_tape(source->path) ? tape_events_read(source, kind, out, problem)
                                      : depth_data_read(source, kind, out, problem);
}

enum status recording_kind(const struct depth_source *source, enum depth_kind *out,
                           struct problem *problem)
{
    struct recording recording = {.path = source->path, .is_tape = tape_is_tape(source->path)};
    enum status status = recording.is_tape ? open_tape(&recording, problem)
                                           : depth_reader_open(source, &recording.rows, problem);
    if (status == STATUS_OK)
        *out = recording.is_tape ? recording.kind : depth_reader_kind(recording.rows);
    recording_close(&recording);
    return status;
}
