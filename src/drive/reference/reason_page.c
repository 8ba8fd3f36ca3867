/* The page of reasons: why an order was denied, ended, or a trading state changed. */
#include "core/risk/risk.h"
#include "drive/reference/reference.h"

/* Numbers are permanent and grouped: denials of ours, what venues say, why states change. */
#define FIRST_OF_VENUES 64
#define FIRST_OF_STATES 96

static const enum reason reasons[] = {
#define REASON_ITEM(name, number, text, control, sentence) REASON_##name,
    REASON_TABLE(REASON_ITEM)
#undef REASON_ITEM
};

/* What the control behind a reason holds back; some reasons are not those of a control. */
static const char *holds_back(enum reason reason)
{
    size_t count;
    const struct risk_control *controls = risk_controls(&count);
    for (size_t i = 0; i < count; i++) {
        if (controls[i].reason != reason)
            continue;
        return controls[i].entries      ? "entries"
               : controls[i].protective ? "every order"
                                        : "every order but protective ones";
    }
    return "";
}

static void group(struct page *page, const char *key, const char *title, int from, int end)
{
    static const char *const denials[] = {"reason", "number", "holds back", "meaning"};
    static const char *const others[] = {"reason", "number", "meaning"};
    bool denial = from < FIRST_OF_VENUES;
    page_list_begin(page, key, title, denial ? denials : others,
                    denial ? ARRAY_COUNT(denials) : ARRAY_COUNT(others));
    for (size_t i = 0; i < ARRAY_COUNT(reasons); i++) {
        if ((int)reasons[i] < from || (int)reasons[i] >= end)
            continue;
        page_cell(page, reason_name(reasons[i]));
        page_cell_print(page, "%d", (int)reasons[i]);
        if (denial)
            page_cell(page, holds_back(reasons[i]));
        page_cell(page, reason_sentence(reasons[i]));
    }
    page_list_end(page);
}

void reference_reasons(enum page_form form, struct text_buffer *out)
{
    struct page page;
    page_begin(&page, form, out, "Reasons", "tern help reasons --markdown");
    page_paragraph(&page, "Why an order was denied, how it ended, why a trading state changed. "
                          "Numbers and names never change; journals, orders.csv and result.json "
                          "use them.");
    page_paragraph(&page, "Denials stand in the order of the controls: the first that objects "
                          "names the reason. A control that holds back entries lets pass what can "
                          "only shrink a position; where nothing stands there, another control "
                          "or the engine itself gives the reason. `tern help risk` has units.");
    group(&page, "denials", "Denied: our risk said no, nothing was sent", REASON_NONE + 1,
          FIRST_OF_VENUES);
    group(&page, "venue", "Said by the venue", FIRST_OF_VENUES, FIRST_OF_STATES);
    group(&page, "states", "Why a state changed", FIRST_OF_STATES, REASON_COUNT);
    (void)!page_end(&page);
}
