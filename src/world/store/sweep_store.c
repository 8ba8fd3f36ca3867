#include "world/store/sweep_store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/hash.h"

#define BUSY_MS 2000

struct sweep_store {
    sqlite3 *db;
    sqlite3_stmt *add;
    int lock; /* descriptor that holds the lock of the one who writes; -1: only reads */
    char path[4096];
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS trial (id INTEGER PRIMARY KEY, rung INTEGER NOT NULL,"
    " state INTEGER NOT NULL, params TEXT NOT NULL, sharpe REAL, end_equity TEXT NOT NULL,"
    " fees TEXT NOT NULL, fills INTEGER NOT NULL, returns BLOB, checksum INTEGER NOT NULL);";
static const char columns[] =
    "SELECT id, rung, state, params, sharpe, end_equity, fees, fills, returns, checksum FROM trial "
    "ORDER BY id";

static enum status trouble(struct sweep_store *store, struct problem *problem)
{
    int code = sqlite3_errcode(store->db);
    enum status status = STATUS_IO;
    if (code == SQLITE_FULL) {
        status = STATUS_NO_SPACE;
        problem_set(problem, status, store->path, "the disk is full; what is done is kept");
        problem_next(problem, "make room; the same command goes on where it stood");
    } else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR) {
        status = STATUS_CORRUPT;
        problem_set(problem, status, store->path, "is no store of a sweep, or damaged (%s)",
                    sqlite3_errmsg(store->db));
        problem_next(problem, "remove it to begin anew, or --out another file");
    } else {
        status = code == SQLITE_NOMEM ? STATUS_NO_MEMORY : STATUS_IO;
        problem_set(problem, status, store->path, "%s", sqlite3_errmsg(store->db));
    }
    return status;
}

static enum status execute(struct sweep_store *store, const char *sql, struct problem *problem)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return trouble(store, problem);
    return STATUS_OK;
}

void sweep_store_close(struct sweep_store *store)
{
    if (store == NULL)
        return;
    (void)sqlite3_finalize(store->add);
    (void)sqlite3_close(store->db);
    /* Only now: closing a descriptor of a file gives up all record locks a process has on it, those
     * of SQLite among them. */
    if (store->lock >= 0)
        (void)close(store->lock);
    free(store);
}

/* The lock goes with the process, so that a sweep that was killed leaves none. */
static enum status lock_take(struct sweep_store *store, struct problem *problem)
{
    store->lock = open(store->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (store->lock < 0) {
        enum status status = errno == ENOSPC || errno == EDQUOT ? STATUS_NO_SPACE : STATUS_IO;
        problem_set(problem, status, store->path, "%s", strerror(errno));
        problem_next(problem, "--out FILE in a place that can be written");
        return status;
    }
    while (flock(store->lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return problem_set(problem, STATUS_IO, store->path, "%s", strerror(errno));
        problem_set(problem, STATUS_IO, store->path, "another sweep is writing to it");
        problem_next(problem, "wait until that one has ended, or --out another file");
        return STATUS_IO;
    }
    return STATUS_OK;
}

static enum status open_to_write(struct sweep_store *store, struct problem *problem)
{
    enum status status = lock_take(store, problem);
    if (status != STATUS_OK)
        return status;
    if (sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                        NULL) != SQLITE_OK)
        return trouble(store, problem);
    (void)sqlite3_busy_timeout(store->db, BUSY_MS);
    status = execute(store, "BEGIN IMMEDIATE", problem);
    if (status == STATUS_OK)
        status = execute(store, schema, problem);
    if (status == STATUS_OK)
        status = execute(store, "COMMIT", problem);
    if (status == STATUS_OK &&
        sqlite3_prepare_v2(store->db, "INSERT OR REPLACE INTO trial VALUES (?,?,?,?,?,?,?,?,?,?)",
                           -1, &store->add, NULL) != SQLITE_OK)
        status = trouble(store, problem);
    return status;
}

/* Not read-only: what a killed sweep left half written is undone by who opens it first. */
static enum status open_to_read(struct sweep_store *store, struct problem *problem)
{
    if (access(store->path, F_OK) != 0)
        return problem_set(problem, STATUS_NOT_FOUND, store->path, "%s", strerror(errno));
    if (sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return trouble(store, problem);
    (void)sqlite3_busy_timeout(store->db, BUSY_MS);
    return execute(store, "SELECT count(*) FROM meta", problem);
}

enum status sweep_store_open(const char *path, bool write, struct sweep_store **out,
                             struct problem *problem)
{
    *out = NULL;
    struct sweep_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, path, "not enough memory");
    store->lock = -1;
    enum status status = STATUS_OK;
    if (!text_copy(store->path, sizeof store->path, text_of(path)))
        status = problem_set(problem, STATUS_RANGE, path, "the path is too long");
    else
        status = write ? open_to_write(store, problem) : open_to_read(store, problem);
    if (status != STATUS_OK) {
        sweep_store_close(store);
        return status;
    }
    *out = store;
    return STATUS_OK;
}

enum status sweep_store_begin(struct sweep_store *store, struct problem *problem)
{
    return execute(store, "BEGIN IMMEDIATE", problem);
}

enum status sweep_store_commit(struct sweep_store *store, struct problem *problem)
{
    return execute(store, "COMMIT", problem);
}

enum status sweep_store_set(struct sweep_store *store, const char *key, const char *value,
                            struct problem *problem)
{
    sqlite3_stmt *row = NULL;
    if (sqlite3_prepare_v2(store->db, "INSERT OR REPLACE INTO meta VALUES (?,?)", -1, &row, NULL) !=
        SQLITE_OK) {
        return trouble(store, problem);
    }
    (void)sqlite3_bind_text(row, 1, key, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(row, 2, value, -1, SQLITE_STATIC);
    enum status status = sqlite3_step(row) == SQLITE_DONE ? STATUS_OK : trouble(store, problem);
    (void)sqlite3_finalize(row);
    return status;
}

bool sweep_store_get(struct sweep_store *store, const char *key, struct text_buffer *out)
{
    sqlite3_stmt *row = NULL;
    bool found = false;
    if (sqlite3_prepare_v2(store->db, "SELECT value FROM meta WHERE key = ?", -1, &row, NULL) !=
        SQLITE_OK) {
        return false;
    }
    (void)sqlite3_bind_text(row, 1, key, -1, SQLITE_STATIC);
    if (sqlite3_step(row) == SQLITE_ROW) {
        const void *value = sqlite3_column_text(row, 0);
        int size = sqlite3_column_bytes(row, 0);
        if (value != NULL && size > 0)
            text_buffer_append(out, (struct text){value, (size_t)size});
        found = value != NULL;
    }
    (void)sqlite3_finalize(row);
    return found;
}

/* Of 8 bytes each: id, rung, state, fills, the bits of sharpe (0: none), sizes of params,
 * end_equity, fees and returns in bytes; then those four. */
static int64_t checksum_of(const struct sweep_row *row, struct text params, struct text equity,
                           struct text fees, struct text returns)
{
    uint64_t head[9] = {row->id,     row->rung, (uint64_t)row->state, row->fills, 0, params.size,
                        equity.size, fees.size, returns.size};
    const struct text parts[] = {params, equity, fees, returns};
    uint64_t sums[1 + ARRAY_COUNT(parts)];
    if (row->sharpe - row->sharpe == 0.0)
        memcpy(&head[4], &row->sharpe, sizeof head[4]);
    sums[0] = hash64_of(head, sizeof head);
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        sums[i + 1] = hash64_of(parts[i].size > 0 ? parts[i].data : "", parts[i].size);
    return (int64_t)hash64_of(sums, sizeof sums);
}

enum status sweep_store_add(struct sweep_store *store, const struct sweep_row *row,
                            const char *params, const double *returns, size_t count,
                            struct problem *problem)
{
    char equity[DECIMAL_TEXT_SIZE];
    char fees[DECIMAL_TEXT_SIZE];
    (void)decimal_format_i128(equity, row->end_equity.units, AMOUNT_DECIMALS);
    (void)decimal_format_i128(fees, row->fees.units, AMOUNT_DECIMALS);
    sqlite3_stmt *add = store->add;
    (void)sqlite3_bind_int64(add, 1, row->id);
    (void)sqlite3_bind_int64(add, 2, row->rung);
    (void)sqlite3_bind_int(add, 3, (int)row->state);
    (void)sqlite3_bind_text(add, 4, params, -1, SQLITE_STATIC);
    if (row->sharpe - row->sharpe == 0.0)
        (void)sqlite3_bind_double(add, 5, row->sharpe);
    else
        (void)sqlite3_bind_null(add, 5);
    (void)sqlite3_bind_text(add, 6, equity, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(add, 7, fees, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(add, 8, (sqlite3_int64)row->fills);
    (void)sqlite3_bind_blob64(add, 9, returns, count * sizeof *returns, SQLITE_STATIC);
    (void)sqlite3_bind_int64(
        add, 10,
        checksum_of(row, text_of(params), text_of(equity), text_of(fees),
                    (struct text){(const char *)returns, count * sizeof *returns}));
    enum status status = sqlite3_step(add) == SQLITE_DONE ? STATUS_OK : trouble(store, problem);
    (void)sqlite3_reset(add);
    return status;
}

static struct text text_column(sqlite3_stmt *rows, int column)
{
    const void *value = sqlite3_column_blob(rows, column);
    int size = sqlite3_column_bytes(rows, column);
    return (struct text){value, value == NULL || size < 0 ? 0 : (size_t)size};
}

static bool amount_of(struct text text, struct amount *out)
{
    return text.size > 0 && decimal_parse_i128(text, AMOUNT_DECIMALS, &out->units) == STATUS_OK;
}

static enum status row_take(struct sweep_store *store, sqlite3_stmt *rows,
                            const struct sweep_reader *reader, struct problem *problem)
{
    sqlite3_int64 id = sqlite3_column_int64(rows, 0);
    sqlite3_int64 rung = sqlite3_column_int64(rows, 1);
    int state = sqlite3_column_int(rows, 2);
    struct sweep_row row = {.id = (uint32_t)id,
                            .rung = (uint32_t)rung,
                            .state = (enum sweep_state)state,
                            .sharpe = sqlite3_column_type(rows, 4) == SQLITE_NULL
                                          ? __builtin_nan("")
                                          : sqlite3_column_double(rows, 4),
                            .fills = (uint64_t)sqlite3_column_int64(rows, 7)};
    const char *params = (const char *)sqlite3_column_text(rows, 3);
    struct text equity = text_column(rows, 5);
    struct text fees = text_column(rows, 6);
    struct text blob = text_column(rows, 8);
    if (id < 0 || id > UINT32_MAX || rung < 0 || rung > UINT32_MAX || state < 1 || state > 2 ||
        params == NULL || blob.size % sizeof(double) != 0 || !amount_of(equity, &row.end_equity) ||
        !amount_of(fees, &row.fees) ||
        checksum_of(&row, text_of(params), equity, fees, blob) != sqlite3_column_int64(rows, 9)) {
        problem_set(problem, STATUS_CORRUPT, store->path,
                    "trial %lld does not match its checksum: it was damaged or changed",
                    (long long)id);
        problem_next(problem, "remove the file to begin anew");
        return STATUS_CORRUPT;
    }
    size_t count = blob.size / sizeof(double);
    double *returns = NULL;
    if (count > 0) {
        returns = malloc(blob.size);
        if (returns == NULL)
            return problem_set(problem, STATUS_NO_MEMORY, store->path, "not enough memory");
        memcpy(returns, blob.data, blob.size);
    }
    enum status status = reader->take(reader->context, &row, params, returns, count);
    free(returns);
    return status;
}

enum status sweep_store_read(struct sweep_store *store, const struct sweep_reader *reader,
                             struct problem *problem)
{
    sqlite3_stmt *rows = NULL;
    if (sqlite3_prepare_v2(store->db, columns, -1, &rows, NULL) != SQLITE_OK) {
        return trouble(store, problem);
    }
    enum status status = STATUS_OK;
    int step = SQLITE_ROW;
    while (status == STATUS_OK && (step = sqlite3_step(rows)) == SQLITE_ROW)
        status = row_take(store, rows, reader, problem);
    if (status == STATUS_OK && step != SQLITE_DONE)
        status = trouble(store, problem);
    (void)sqlite3_finalize(rows);
    return status;
}
