/* What `tern help TOPIC` explains: pages out of tables. */
#include "face/cli/cli_context.h"

static void errors_page(enum page_form form, struct text_buffer *out)
{
    static const char *const columns[] = {"code", "number", "class", "exit code", "meaning"};
    static const char *const classes[] = {
        [STATUS_CLASS_FINAL] = "final",
        [STATUS_CLASS_RETRYABLE] = "retryable",
        [STATUS_CLASS_RECONCILE] = "reconcile",
    };
    static const enum status statuses[] = {
#define STATUS_ITEM(name, text, number, class, sentence) STATUS_##name,
        STATUS_TABLE(STATUS_ITEM)
#undef STATUS_ITEM
    };
    struct page page;
    page_begin(&page, form, out, "Errors", "tern help errors --markdown");
    page_paragraph(&page,
                   "An error says where it is, what was found, what is allowed and what to do "
                   "next, on stderr: `error: score.yaml:14: bots[0].enter: found \"5\"; "
                   "allowed: -1 to 1; next: …`. With --json the same parts stand in one "
                   "document on stdout: {\"error\":{\"code\", \"where\", \"found\", "
                   "\"allowed\", \"next\"}}. Numbers and codes never change.");
    page_paragraph(&page, "A final error does not change by trying again, a retryable one may; "
                          "reconcile means that the outcome is not known and only evidence settles "
                          "it: do not try again blindly.");
    page_list_begin(&page, "errors", NULL, columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < ARRAY_COUNT(statuses); i++) {
        if (statuses[i] == STATUS_OK)
            continue;
        page_cell(&page, status_name(statuses[i]));
        page_cell_print(&page, "%d", (int)statuses[i]);
        page_cell(&page, classes[status_class_of(statuses[i])]);
        page_cell_print(&page, "%d", cli_exit_code(statuses[i]));
        page_cell(&page, status_sentence(statuses[i]));
    }
    page_list_end(&page);
    (void)!page_end(&page);
}

static void exit_codes_page(enum page_form form, struct text_buffer *out)
{
    static const char *const columns[] = {"exit code", "meaning"};
    static const char *const rows[][2] = {
        {"0", "Done."},
        {"1", "Internal error, or the system failed: reading, writing, memory."},
        {"2", "Usage: the command line is not understood, or it names a place that is taken or "
              "full."},
        {"3", "Not found."},
        {"4", "The engine cannot be reached."},
        {"5", "The configuration, the data or a preflight check failed."},
        {"6", "Denied by our own risk."},
        {"7", "Rejected by the venue."},
        {"8", "The outcome is unknown: it may be live. Ask before trying again."},
        {"9", "Not authorised."},
        {"10", "Trading is halted."},
        {"130", "Interrupted."},
    };
    struct page page;
    page_begin(&page, form, out, "Exit codes", "tern help exit-codes --markdown");
    page_list_begin(&page, "exit_codes", NULL, columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        page_cell(&page, rows[i][0]);
        page_cell(&page, rows[i][1]);
    }
    page_list_end(&page);
    (void)!page_end(&page);
}

static const struct help_topic topics[] = {
    {"commands", "Every command with its options.", help_commands_page},
    {"metrics", "What the figures of a back-test mean, with their formulas.", reference_metrics},
    {"config", "Every key of the configuration.", reference_config},
    {"bots", "Kinds of bots and their parameters.", reference_bots},
    {"indicators", "Indicators with parameters, outputs and sources.", reference_indicators},
    {"risk", "Risk controls in their order, and the reasons they give.", reference_risk},
    {"reasons", "Why orders are denied or end, and why trading states change.", reference_reasons},
    {"fills", "How orders fill in a back-test.", reference_fills},
    {"formats", "Files of bars that are read, and how they are known.", help_formats_page},
    {"facts", "What a journal is made of.", reference_facts},
    {"errors", "Codes of errors.", errors_page},
    {"exit-codes", "Exit codes of the process.", exit_codes_page},
};

const struct help_topic *help_topics(size_t *count)
{
    *count = ARRAY_COUNT(topics);
    return topics;
}
