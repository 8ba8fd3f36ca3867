#include "world/store/sweep_store.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"

#define BUSY_MS 2000

struct sweep_store {
    sqlite3 *db;
    sqlite3_stmt *add;
    char path[4096];
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS trial (id INTEGER PRIMARY KEY, state INTEGER NOT NULL,"
    " params TEXT NOT NULL, sharpe REAL, end_equity TEXT NOT NULL, fees TEXT NOT NULL,"
    " fills INTEGER NOT NULL, returns BLOB);";

static enum status trouble(struct sweep_store *store, struct problem *problem)
{
    int code = sqlite3_errcode(store->db);
    enum status status = STATUS_IO;
    if (code == SQLITE_FULL)
        status = STATUS_NO_SPACE;
    else if (code == SQLITE_NOMEM)
        status = STATUS_NO_MEMORY;
    else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR)
        status = STATUS_CORRUPT;
    return problem_set(problem, status, store->path, "%s", sqlite3_errmsg(store->db));
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
    free(store);
}

enum status sweep_store_open(const char *path, bool make, struct sweep_store **out,
                             struct problem *problem)
{
    *out = NULL;
    struct sweep_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, path, "not enough memory");
    (void)text_copy(store->path, sizeof store->path, text_of(path));
    int flags = SQLITE_OPEN_READWRITE | (make ? SQLITE_OPEN_CREATE : 0);
    enum status status = STATUS_OK;
    if (sqlite3_open_v2(path, &store->db, flags, NULL) != SQLITE_OK) {
        status = trouble(store, problem);
    } else {
        (void)sqlite3_busy_timeout(store->db, BUSY_MS);
        status = execute(store, schema, problem);
    }
    if (status == STATUS_OK &&
        sqlite3_prepare_v2(store->db, "INSERT OR REPLACE INTO trial VALUES (?,?,?,?,?,?,?,?)", -1,
                           &store->add, NULL) != SQLITE_OK) {
        status = trouble(store, problem);
    }
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
    (void)sqlite3_bind_int(add, 2, (int)row->state);
    (void)sqlite3_bind_text(add, 3, params, -1, SQLITE_STATIC);
    if (row->sharpe - row->sharpe == 0.0)
        (void)sqlite3_bind_double(add, 4, row->sharpe);
    else
        (void)sqlite3_bind_null(add, 4);
    (void)sqlite3_bind_text(add, 5, equity, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(add, 6, fees, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(add, 7, (sqlite3_int64)row->fills);
    (void)sqlite3_bind_blob64(add, 8, returns, count * sizeof *returns, SQLITE_STATIC);
    enum status status = sqlite3_step(add) == SQLITE_DONE ? STATUS_OK : trouble(store, problem);
    (void)sqlite3_reset(add);
    return status;
}

static bool amount_column(sqlite3_stmt *rows, int column, struct amount *out)
{
    const void *value = sqlite3_column_text(rows, column);
    int size = sqlite3_column_bytes(rows, column);
    if (value == NULL || size <= 0)
        return false;
    return decimal_parse_i128((struct text){value, (size_t)size}, AMOUNT_DECIMALS, &out->units) ==
           STATUS_OK;
}

static enum status row_take(struct sweep_store *store, sqlite3_stmt *rows,
                            const struct sweep_reader *reader, struct problem *problem)
{
    sqlite3_int64 id = sqlite3_column_int64(rows, 0);
    int state = sqlite3_column_int(rows, 1);
    int size = sqlite3_column_bytes(rows, 7);
    struct sweep_row row = {.id = (uint32_t)id,
                            .state = (enum sweep_state)state,
                            .sharpe = sqlite3_column_type(rows, 3) == SQLITE_NULL
                                          ? __builtin_nan("")
                                          : sqlite3_column_double(rows, 3),
                            .fills = (uint64_t)sqlite3_column_int64(rows, 6)};
    const char *params = (const char *)sqlite3_column_text(rows, 2);
    if (id < 0 || id > UINT32_MAX || state < 1 || state > 2 || params == NULL || size < 0 ||
        (size_t)size % sizeof(double) != 0 || !amount_column(rows, 4, &row.end_equity) ||
        !amount_column(rows, 5, &row.fees)) {
        return problem_set(problem, STATUS_CORRUPT, store->path, "a trial that cannot be read");
    }
    size_t count = (size_t)size / sizeof(double);
    double *returns = NULL;
    if (count > 0) {
        returns = malloc((size_t)size);
        if (returns == NULL)
            return problem_set(problem, STATUS_NO_MEMORY, store->path, "not enough memory");
        memcpy(returns, sqlite3_column_blob(rows, 7), (size_t)size);
    }
    enum status status = reader->take(reader->context, &row, params, returns, count);
    free(returns);
    return status;
}

enum status sweep_store_read(struct sweep_store *store, const struct sweep_reader *reader,
                             struct problem *problem)
{
    sqlite3_stmt *rows = NULL;
    if (sqlite3_prepare_v2(store->db, "SELECT * FROM trial ORDER BY id", -1, &rows, NULL) !=
        SQLITE_OK) {
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
