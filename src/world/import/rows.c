/* Parts, one behind the other, each unpacked and its columns known. */
#include "world/import/rows.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "world/import/json_rows.h"
#include "world/import/zip_archive.h"

#define PLACE_SIZE 2048
#define PATH_SIZE 4096
#define MEMBERS_LISTED 8

struct row_parts {
    struct column_choice choice; /* where source->columns is given */
    char **files;                /* owned: paths in the order of reading */
    size_t files_count, files_at;
    bool is_folder;
    struct zip_archive *archive; /* owned: the file that is open, where it is one */
    size_t *members;             /* owned: those of it that are read */
    size_t members_count, members_at;
    struct byte_source *bytes; /* of the part that is open; NULL: none is */
    bool bytes_borrowed;
    bool bytes_ended;      /* the borrowed ones were read */
    bool raw;              /* no layout is wanted */
    struct lean_name lean; /* of the part */
    struct zone zone;      /* of its times */
    char place[PLACE_SIZE];
};

/* ---- which parts ----------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *ending)
{
    size_t size = strlen(name), end = strlen(ending);
    return size >= end && strcmp(name + size - end, ending) == 0;
}

static bool is_of_bars(const char *name)
{
    static const char *const endings[] = {".csv", ".csv.gz",  ".zip", ".json",
                                          ".tsv", ".json.gz", ".txt", ".txt.gz"};
    bool known = false;
    for (size_t i = 0; i < ARRAY_COUNT(endings); i++)
        known = known || ends_with(name, endings[i]);
    return known && name[0] != '.';
}

/* LEAN keeps trades and quotes of a day in files beside each other; one kind is read. */
static bool is_wanted_kind(const char *name, bool quotes)
{
    if (strstr(name, "_openinterest") != NULL)
        return false;
    return quotes ? strstr(name, "_trade") == NULL : strstr(name, "_quote") == NULL;
}

static enum status no_memory(const struct row_reader *rows, struct problem *problem)
{
    return problem_set(problem, STATUS_NO_MEMORY, rows->source->path, "not enough memory");
}

static enum status add_file(struct row_reader *rows, const char *folder, const char *name,
                            struct problem *problem)
{
    struct row_parts *parts = rows->parts;
    char path[PATH_SIZE];
    int size = folder != NULL ? snprintf(path, sizeof path, "%s/%s", folder, name)
                              : snprintf(path, sizeof path, "%s", name);
    if (size < 0 || (size_t)size >= sizeof path)
        return problem_set(problem, STATUS_DATA_INVALID, name, "the path is too long");
    if ((parts->files_count & (parts->files_count + 1)) == 0) {
        char **files = realloc(parts->files, (2 * parts->files_count + 2) * sizeof *files);
        if (files == NULL)
            return no_memory(rows, problem);
        parts->files = files;
    }
    parts->files[parts->files_count] = strdup(path);
    if (parts->files[parts->files_count] == NULL)
        return no_memory(rows, problem);
    parts->files_count++;
    return STATUS_OK;
}

/* Whatever the locale: dates in names are then in their order. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum status list_folder(struct row_reader *rows, const char *folder, struct problem *problem)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, by_bytes);
    if (count < 0)
        return problem_set(problem, STATUS_IO, folder, "the folder cannot be read: %s",
                           strerror(errno));
    enum status status = STATUS_OK;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (status == STATUS_OK && is_of_bars(name) && is_wanted_kind(name, rows->source->quotes))
            status = add_file(rows, folder, name, problem);
        free(entries[i]);
    }
    free(entries);
    if (status == STATUS_OK && rows->parts->files_count == 0) {
        problem_set(problem, STATUS_DATA_INVALID, folder, "no file of bars in the folder");
        problem_allowed(problem, "files that end in .csv, .csv.gz, .json, .json.gz, .zip, .tsv or "
                                 ".txt");
        status = STATUS_DATA_INVALID;
    }
    return status;
}

/* `folder/b.csv` or `b.csv` of the member `folder/b.csv`. */
static bool is_named(const char *member, const char *wanted)
{
    return strcmp(member, wanted) == 0 ||
           (ends_with(member, wanted) && member[strlen(member) - strlen(wanted) - 1] == '/');
}

/* What systems put into archives beside the data. */
static bool is_hidden(const char *member)
{
    const char *slash = strrchr(member, '/');
    return strncmp(member, "__MACOSX/", 9) == 0 || (slash != NULL ? slash[1] : member[0]) == '.';
}

static enum status no_member(const struct row_reader *rows, struct problem *problem)
{
    const struct row_parts *parts = rows->parts;
    char list[sizeof problem->allowed] = "";
    size_t used = 0, listed = 0, count = zip_archive_count(parts->archive);
    for (size_t i = 0; i < count && listed < MEMBERS_LISTED; i++) {
        const struct zip_member *member = zip_archive_member(parts->archive, i);
        if (member->folder || is_hidden(member->name) ||
            used + strlen(member->name) + 8 > sizeof list)
            continue;
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", listed > 0 ? ", " : "",
                                 member->name);
        listed++;
    }
    const char *path = parts->files[parts->files_at - 1];
    if (rows->source->member != NULL) {
        problem_set(problem, STATUS_NOT_FOUND, path, "no member \"%s\" in the archive",
                    rows->source->member);
        problem_allowed(problem, "%s%s", list, listed < count ? " …" : "");
        return STATUS_NOT_FOUND;
    }
    problem_set(problem, STATUS_DATA_INVALID, path, "no files in the archive");
    problem_allowed(problem, "an archive with files of bars");
    return STATUS_DATA_INVALID;
}

static enum status list_members(struct row_reader *rows, struct problem *problem)
{
    struct row_parts *parts = rows->parts;
    size_t count = zip_archive_count(parts->archive);
    free(parts->members);
    parts->members_count = parts->members_at = 0;
    parts->members = malloc((count + 1) * sizeof *parts->members);
    if (parts->members == NULL)
        return no_memory(rows, problem);
    const char *wanted = rows->source->member;
    for (size_t i = 0; i < count; i++) {
        const struct zip_member *member = zip_archive_member(parts->archive, i);
        bool read = !member->folder &&
                    (wanted != NULL ? is_named(member->name, wanted) : !is_hidden(member->name));
        if (read)
            parts->members[parts->members_count++] = i;
    }
    return parts->members_count == 0 ? no_member(rows, problem) : STATUS_OK;
}

/* ---- opening a part -------------------------------------------------------------------------- */

static void close_part(struct row_reader *rows)
{
    struct row_parts *parts = rows->parts;
    csv_reader_release(&rows->csv);
    if (!parts->bytes_borrowed)
        byte_source_close(parts->bytes);
    parts->bytes = NULL;
}

/* Whether the file is a zip archive: by its first bytes, as with all packings. */
static enum status look_for_zip(const char *path, bool *is_zip, struct problem *problem)
{
    unsigned char head[4];
    size_t size = 0;
    struct byte_source *file = NULL;
    enum status status = byte_source_open_file(path, &file, problem);
    if (status == STATUS_OK)
        status = byte_source_fill(file, head, sizeof head, &size, problem);
    byte_source_close(file);
    *is_zip = status == STATUS_OK && zip_begins(head, size);
    return status;
}

/* The bytes of the next part, still packed or not; *path is of its file, *member of its archive.
 * STATUS_END behind the last one. */
static enum status next_bytes(struct row_reader *rows, const char **path, const char **member,
                              struct problem *problem)
{
    struct row_parts *parts = rows->parts;
    bool is_zip = parts->archive != NULL;
    *member = NULL;
    if (is_zip && parts->members_at == parts->members_count) {
        zip_archive_close(parts->archive);
        parts->archive = NULL;
        is_zip = false;
    }
    enum status status = STATUS_OK;
    if (parts->archive == NULL) {
        if (parts->files_at == parts->files_count)
            return STATUS_END;
        const char *file = parts->files[parts->files_at++];
        status = look_for_zip(file, &is_zip, problem);
        if (status == STATUS_OK && is_zip)
            status = zip_archive_open(file, &parts->archive, problem);
        if (status == STATUS_OK && is_zip)
            status = list_members(rows, problem);
        if (status == STATUS_OK && !is_zip && rows->source->member != NULL) {
            problem_set(problem, STATUS_DATA_INVALID, file,
                        "a member is named, but the file is no "
                        "zip archive");
            return STATUS_DATA_INVALID;
        }
        if (status != STATUS_OK)
            return status;
    }
    *path = parts->files[parts->files_at - 1];
    if (!is_zip) {
        (void)snprintf(parts->place, sizeof parts->place, "%s", *path);
        return byte_source_open_file(*path, &parts->bytes, problem);
    }
    size_t index = parts->members[parts->members_at++];
    *member = zip_archive_member(parts->archive, index)->name;
    (void)snprintf(parts->place, sizeof parts->place, "%s:%s", *path, *member);
    return zip_archive_read(parts->archive, index, parts->place, &parts->bytes, problem);
}

/* An absolute path says more: which market it is stands in the folders above. */
static struct lean_name name_of_part(const char *path, const char *member)
{
    char *real = realpath(path, NULL);
    struct lean_name name = lean_name_of(real != NULL ? real : path, member);
    free(real);
    return name;
}

static enum status open_next(struct row_reader *rows, struct json_shape *shape,
                             struct problem *problem)
{
    struct row_parts *parts = rows->parts;
    const char *path = NULL, *member = NULL;
    enum status status = STATUS_OK;
    *shape = (struct json_shape){0};
    if (parts->bytes_borrowed) {
        if (parts->bytes_ended)
            return STATUS_END;
        parts->bytes_ended = true;
        (void)snprintf(parts->place, sizeof parts->place, "%s", rows->source->path);
        parts->lean = lean_name_of(rows->source->path, NULL);
    } else {
        status = next_bytes(rows, &path, &member, problem);
        if (status != STATUS_OK)
            return status;
        parts->lean = name_of_part(path, member);
        status = byte_source_open_decoded(parts->bytes, &parts->bytes, problem);
        if (status == STATUS_OK)
            status = byte_source_open_rows(parts->bytes, &parts->bytes, shape, problem);
    }
    if (status == STATUS_OK)
        status = csv_reader_init(&rows->csv, parts->bytes, problem);
    if (status != STATUS_OK)
        return status;
    rows->part++;
    rows->csv.separator = rows->source->delimiter;
    if (shape->is_json) {
        rows->csv.separator = ',';
        rows->csv.unit = "row ";
        /* The line of names is none of the document's rows. */
        rows->csv.line = shape->has_header ? UINT64_MAX : 0;
    }
    return STATUS_OK;
}

/* ---- what its columns are -------------------------------------------------------------------- */

static bool is_compact_time(struct text field)
{
    return field.size >= 14 && field.data[8] == ' ' && memchr(field.data, '-', 8) == NULL;
}

/* Rows without a header in LEAN's files: 6 columns are trades, 11 are quotes with their sizes. */
static bool is_lean(const struct row_reader *rows)
{
    const struct csv_reader *csv = &rows->csv;
    int64_t time_ns;
    enum time_form form = rows->parts->lean.has_day ? TIME_FORM_DAY_MILLISECONDS : TIME_FORM_ANY;
    if (csv->field_count != 6 && csv->field_count != 11)
        return false;
    return (rows->parts->lean.has_day || is_compact_time(csv->fields[0])) &&
           column_time_read(csv->fields[0], form, &time_ns);
}

static enum status lean_layout(struct row_reader *rows, struct problem *problem)
{
    const struct lean_name *lean = &rows->parts->lean;
    struct column_layout *layout = &rows->layout;
    bool quotes = rows->csv.field_count == 11;
    *layout = (struct column_layout){
        .field_count = rows->csv.field_count,
        .form = quotes ? BAR_FORM_LEAN_QUOTES : BAR_FORM_LEAN_TRADES,
        .has_quotes = quotes,
        .has_volume = !quotes,
        .one_sided = quotes,
        .time_form = lean->has_day ? TIME_FORM_DAY_MILLISECONDS : TIME_FORM_ANY,
    };
    for (unsigned i = COLUMN_TIME; i <= COLUMN_ASK_CLOSE; i++) {
        size_t at = i;
        if (i >= COLUMN_BID_OPEN)
            at = i - COLUMN_BID_OPEN + (i >= COLUMN_ASK_OPEN ? 2 : 1);
        layout->index[i] = at < layout->field_count ? at : 0;
        (void)text_copy(layout->names[i], COLUMN_NAME_SIZE, text_of(column_plain_name(i)));
    }
    if (lean->is_tick) {
        problem_set(problem, STATUS_DATA_INVALID, rows->parts->place,
                    "these are LEAN's ticks, not bars");
        problem_allowed(problem, "LEAN's bars of seconds, minutes, hours and days");
        return STATUS_DATA_INVALID;
    }
    if (!lean->market_known && rows->source->price_scale < 0) {
        problem_set(problem, STATUS_DATA_INVALID, rows->parts->place,
                    "LEAN's bars, and the path does not say of which market");
        problem_allowed(problem, "a path with equity/usa, equity/india or crypto in it");
        problem_next(problem, "--price-scale 10000 --time-zone America/New_York for US equities, "
                              "--price-scale 1 for crypto");
        return STATUS_DATA_INVALID;
    }
    rows->price_scale = lean->price_scale;
    rows->parts->zone = lean->zone;
    return STATUS_OK;
}

static enum status read_layout(struct row_reader *rows, const struct json_shape *shape,
                               struct problem *problem)
{
    const struct bar_source *source = rows->source;
    bool quotes_before = rows->layout.has_quotes;
    rows->price_scale = 0;
    rows->parts->zone = (struct zone){0, ZONE_FIXED, INT32_MIN};
    enum status status;
    if (source->columns != NULL)
        status = column_layout_choose(&rows->csv, &rows->parts->choice, &rows->layout, problem);
    else if (is_lean(rows))
        status = lean_layout(rows, problem);
    else if (shape->is_json && !shape->has_header)
        status = column_layout_number(&rows->csv, &rows->layout, problem);
    else
        status = column_layout_read(&rows->csv, bar_source_base_asset(source), &rows->layout,
                                    problem);
    if (status != STATUS_OK)
        return status;
    if (shape->is_json && rows->layout.form != BAR_FORM_CHOSEN)
        rows->layout.form = shape->form;
    if (rows->part == 1)
        rows->form = rows->layout.form;
    if (rows->part > 1 && rows->layout.has_quotes != quotes_before) {
        problem_set(problem, STATUS_DATA_INVALID, rows->parts->place,
                    rows->layout.has_quotes ? "quotes behind trades" : "trades behind quotes");
        problem_allowed(problem, "files of one kind");
        return STATUS_DATA_INVALID;
    }
    if (source->time_form != TIME_FORM_ANY)
        rows->layout.time_form = source->time_form;
    if (source->price_scale >= 0)
        rows->price_scale = (unsigned)source->price_scale;
    if (source->has_zone)
        rows->parts->zone = source->zone;
    rows->plain_time = zone_is_utc(rows->parts->zone) &&
                       rows->layout.time_form != TIME_FORM_DAY_MILLISECONDS;
    return STATUS_OK;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static enum status empty_part(const struct row_reader *rows, struct problem *problem)
{
    problem_set(problem, STATUS_DATA_INVALID, rows->parts->place, "the file is empty");
    problem_allowed(problem, "a header and rows of bars");
    return STATUS_DATA_INVALID;
}

/* Files that say whose they are before they begin: `https://www.CryptoDataDownload.com`. */
static bool is_banner(const struct csv_reader *csv)
{
    return csv->line == 1 && csv->field_count == 1 &&
           (text_starts_with(csv->fields[0], TEXT("http://")) ||
            text_starts_with(csv->fields[0], TEXT("https://")));
}

/* Opens the next part and reads its first row; *is_row: it is one of bars. */
static enum status begin_part(struct row_reader *rows, bool *is_row, struct problem *problem)
{
    struct json_shape shape;
    enum status status = open_next(rows, &shape, problem);
    if (status != STATUS_OK)
        return status;
    status = csv_reader_next(&rows->csv, problem);
    if (status == STATUS_OK && is_banner(&rows->csv)) {
        rows->csv.separator = rows->source->delimiter;
        status = csv_reader_next(&rows->csv, problem);
    }
    if (status == STATUS_END)
        return empty_part(rows, problem);
    *is_row = true;
    if (status == STATUS_OK && !rows->parts->raw) {
        status = read_layout(rows, &shape, problem);
        *is_row = !rows->layout.has_header;
    }
    return status;
}

enum status row_reader_next(struct row_reader *rows, struct problem *problem)
{
    if (LIKELY(rows->parts->bytes != NULL && rows->csv.buffer != NULL)) {
        enum status status = csv_reader_next(&rows->csv, problem);
        if (LIKELY(status != STATUS_END))
            return status;
        close_part(rows);
    }
    for (;;) {
        bool is_row = false;
        enum status status = begin_part(rows, &is_row, problem);
        if (status != STATUS_OK || is_row)
            return status;
        status = csv_reader_next(&rows->csv, problem);
        if (status != STATUS_END)
            return status;
        close_part(rows);
    }
}

bool row_time_slow(const struct row_reader *rows, int64_t after_ns, int64_t *out_ns)
{
    const struct row_parts *parts = rows->parts;
    struct text field = row_field(rows, COLUMN_TIME);
    int64_t local_ns;
    enum time_form form = rows->layout.time_form;
    if (!column_time_read(field, form, &local_ns))
        return false;
    if (form == TIME_FORM_DAY_MILLISECONDS) {
        if (!parts->lean.has_day ||
            __builtin_add_overflow(local_ns, parts->lean.day * NANOSECONDS_PER_DAY, &local_ns))
            return false;
    } else if (column_time_is_absolute(field) ||
               (rows->layout.form == BAR_FORM_LEAN_TRADES && local_ns % NANOSECONDS_PER_DAY == 0)) {
        /* A day of trading keeps its date, whatever the zone; so are LEAN's days written. */
        *out_ns = local_ns;
        return true;
    }
    return zone_to_utc(parts->zone, local_ns, after_ns, out_ns);
}

bool row_is_one_sided(const struct row_reader *rows)
{
    bool bids = false, asks = false;
    for (unsigned i = 0; i < 4; i++) {
        bids = bids || row_field(rows, (enum column)(COLUMN_BID_OPEN + i)).size > 0;
        asks = asks || row_field(rows, (enum column)(COLUMN_ASK_OPEN + i)).size > 0;
    }
    return !bids || !asks;
}

const char *row_reader_place(const struct row_reader *rows)
{
    return rows->parts->place;
}

/* ---- opening and closing --------------------------------------------------------------------- */

static enum status new_reader(const struct bar_source *source, struct row_reader **out,
                              struct problem *problem)
{
    struct row_reader *rows = calloc(1, sizeof *rows);
    struct row_parts *parts = calloc(1, sizeof *parts);
    *out = NULL;
    if (rows == NULL || parts == NULL) {
        free(rows);
        free(parts);
        return problem_set(problem, STATUS_NO_MEMORY, source->path, "not enough memory");
    }
    rows->source = source;
    rows->parts = parts;
    enum status status = STATUS_OK;
    if (source->columns != NULL)
        status = column_choice_parse(source->columns, &parts->choice, problem);
    if (status != STATUS_OK) {
        row_reader_close(rows);
        return status;
    }
    *out = rows;
    return STATUS_OK;
}

enum status row_reader_open(const struct bar_source *source, struct row_reader **out,
                            struct problem *problem)
{
    struct row_reader *rows;
    struct stat seen;
    enum status status = new_reader(source, &rows, problem);
    *out = NULL;
    if (status != STATUS_OK)
        return status;
    rows->parts->is_folder = source->folder && stat(source->path, &seen) == 0 &&
                             S_ISDIR(seen.st_mode);
    status = rows->parts->is_folder ? list_folder(rows, source->path, problem)
                                    : add_file(rows, NULL, source->path, problem);
    if (status != STATUS_OK) {
        row_reader_close(rows);
        return status;
    }
    *out = rows;
    return STATUS_OK;
}

enum status row_reader_open_bytes(const struct bar_source *source, struct byte_source *bytes,
                                  struct row_reader **out, struct problem *problem)
{
    enum status status = new_reader(source, out, problem);
    if (status != STATUS_OK)
        return status;
    (*out)->parts->bytes = bytes;
    (*out)->parts->bytes_borrowed = true;
    return STATUS_OK;
}

void row_reader_close(struct row_reader *rows)
{
    if (rows == NULL)
        return;
    struct row_parts *parts = rows->parts;
    close_part(rows);
    zip_archive_close(parts->archive);
    for (size_t i = 0; i < parts->files_count; i++)
        free(parts->files[i]);
    free(parts->files);
    free(parts->members);
    free(parts);
    free(rows);
}

enum status row_peek_read(const struct bar_source *source, struct row_peek *out,
                          struct problem *problem)
{
    struct row_reader *rows;
    struct bar_source plain = *source;
    plain.columns = NULL;
    *out = (struct row_peek){0};
    enum status status = row_reader_open(&plain, &rows, problem);
    if (status != STATUS_OK)
        return status;
    rows->parts->raw = true;
    while (status == STATUS_OK && out->rows < ROW_PEEK_ROWS) {
        status = row_reader_next(rows, problem);
        if (status != STATUS_OK)
            break;
        size_t count = rows->csv.field_count;
        if (out->rows == 0)
            out->fields = count < ROW_PEEK_FIELDS ? count : ROW_PEEK_FIELDS;
        for (size_t i = 0; i < out->fields && i < count; i++)
            (void)text_copy_clean(out->text[out->rows][i], ROW_PEEK_TEXT, rows->csv.fields[i]);
        out->rows++;
    }
    row_reader_close(rows);
    return status == STATUS_END ? STATUS_OK : status;
}
