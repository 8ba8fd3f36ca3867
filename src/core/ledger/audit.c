/* Whether the ledger holds together. */
#include "core/ledger/parts.h"

static const char *audit_position(const struct ledger *ledger, uint32_t book, uint32_t instrument)
{
    const struct position *position = ledger_position(ledger, book, instrument);
    int64_t quantity = 0;
    i128 cost = 0;
    uint32_t last = 0;
    uint32_t walked = 0;
    for (uint32_t at = position->lot_first; at != 0; at = ledger->lots[at - 1].next) {
        if (at > ledger->counters->lots_fresh || ++walked > ledger->counters->lots_count)
            return "a list of lots leads nowhere";
        const struct lot *lot = &ledger->lots[at - 1];
        if (lot->book != book || lot->instrument != instrument)
            return "a lot lies in a foreign list";
        if (lot->quantity.units == 0)
            return "an empty lot lies in a list";
        quantity += lot->quantity.units;
        cost += amount_from_bytes(lot->cost).units;
        last = at;
    }
    if (last != position->lot_last)
        return "the last lot of a position is not the last";
    if (quantity != position->quantity)
        return "lots do not sum to the position";
    if (cost != position->cost)
        return "lots do not sum to the position's cost";
    if (position->cost + position->settlement - position->realized - position->external != 0) {
        return "a position's valuation does not balance";
    }
    return NULL;
}

static bool asset_is_quote(const struct ledger *ledger, uint32_t asset)
{
    for (uint32_t i = 0; i < ledger->instruments_count; i++) {
        if (ledger->instruments[i].quote_asset == asset)
            return true;
    }
    return false;
}

/* What a book owns of an asset is what its lots say; not of quotes, which are cash as well. */
static const char *audit_owned(const struct ledger *ledger, uint32_t asset)
{
    for (uint32_t book = 0; book < ledger->books_count; book++) {
        i128 owned = ledger_available(ledger, book, asset).units +
                     ledger_held(ledger, book, asset).units;
        bool is_base = false;
        for (uint32_t i = 0; i < ledger->instruments_count; i++) {
            if (ledger->instruments[i].base_asset != asset)
                continue;
            is_base = true;
            int64_t quantity = ledger_position(ledger, book, i)->quantity;
            owned -= base_amount(&ledger->instruments[i], quantity).units;
        }
        if (is_base && owned != 0)
            return "a book owns another quantity than its lots say";
    }
    return NULL;
}

static const char *audit_asset(const struct ledger *ledger, uint32_t asset)
{
    i128 sum = 0;
    for (uint32_t book = 0; book < ledger->books_count; book++) {
        sum += ledger_available(ledger, book, asset).units + ledger_held(ledger, book, asset).units;
    }
    if (sum != ledger->asset_totals[asset])
        return "the kept sum of an asset is wrong";
    for (int kind = ACCOUNT_CLEARING; kind < ACCOUNT_KIND_END; kind++)
        sum += ledger_venue_balance(ledger, (enum account_kind)kind, asset).units;
    if (sum != 0)
        return "an asset does not sum to zero";
    return asset_is_quote(ledger, asset) ? NULL : audit_owned(ledger, asset);
}

/* The kept sums: of instruments over books, of lots over positions. */
static const char *audit_totals(const struct ledger *ledger, uint64_t *detail)
{
    uint32_t lots = 0;
    for (uint32_t i = 0; i < ledger->instruments_count; i++) {
        i128 total = 0;
        *detail = i;
        for (uint32_t book = 0; book < ledger->books_count; book++) {
            const struct position *position = ledger_position(ledger, book, i);
            total += position->quantity;
            for (uint32_t at = position->lot_first; at != 0; at = ledger->lots[at - 1].next)
                lots++;
        }
        if (total != ledger->instrument_totals[i])
            return "the kept total of an instrument is wrong";
    }
    return lots == ledger->counters->lots_count ? NULL : "the count of lots is wrong";
}

const char *ledger_audit(const struct ledger *ledger, uint64_t *detail)
{
    const char *problem = NULL;
    for (uint32_t asset = 0; asset < ledger->assets_count && problem == NULL; asset++) {
        *detail = asset;
        problem = audit_asset(ledger, asset);
    }
    for (uint32_t book = 0; book < ledger->books_count && problem == NULL; book++) {
        for (uint32_t i = 0; i < ledger->instruments_count && problem == NULL; i++) {
            *detail = (uint64_t)book * ledger->instruments_count + i;
            problem = audit_position(ledger, book, i);
        }
    }
    return problem == NULL ? audit_totals(ledger, detail) : problem;
}
