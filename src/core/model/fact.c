#include "core/model/fact.h"

/* The field rows need the name of their struct, which a field macro is not given; each list is
 * expanded with FACT_CURRENT naming the struct it is for. */
#define FACT_FIELD_ROW(type_name, field, doc_text)                          \
    {#field, #type_name, doc_text, (uint32_t)offsetof(FACT_CURRENT, field), \
     (uint32_t)sizeof(FACT_TYPE_##type_name)},

#define FACT_CURRENT struct fact_session_started
static const struct fact_field fields_session_started[] = {
    FACT_FIELDS_session_started(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_instrument_listed
static const struct fact_field fields_instrument_listed[] = {
    FACT_FIELDS_instrument_listed(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_book_opened
static const struct fact_field fields_book_opened[] = {FACT_FIELDS_book_opened(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_transfer
static const struct fact_field fields_transfer[] = {FACT_FIELDS_transfer(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_lot_opened
static const struct fact_field fields_lot_opened[] = {FACT_FIELDS_lot_opened(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_lot_added
static const struct fact_field fields_lot_added[] = {FACT_FIELDS_lot_added(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_lot_disposed
static const struct fact_field fields_lot_disposed[] = {FACT_FIELDS_lot_disposed(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_lot_amended
static const struct fact_field fields_lot_amended[] = {FACT_FIELDS_lot_amended(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_value_posted
static const struct fact_field fields_value_posted[] = {FACT_FIELDS_value_posted(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_overdrawn
static const struct fact_field fields_overdrawn[] = {FACT_FIELDS_overdrawn(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_order_planned
static const struct fact_field fields_order_planned[] = {FACT_FIELDS_order_planned(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_order_denied
static const struct fact_field fields_order_denied[] = {FACT_FIELDS_order_denied(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_order_submitted
static const struct fact_field fields_order_submitted[] = {
    FACT_FIELDS_order_submitted(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_order_delivery
static const struct fact_field fields_order_delivery[] = {
    FACT_FIELDS_order_delivery(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_order_accepted
static const struct fact_field fields_order_accepted[] = {
    FACT_FIELDS_order_accepted(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_order_filled
static const struct fact_field fields_order_filled[] = {FACT_FIELDS_order_filled(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_fill_reversed
static const struct fact_field fields_fill_reversed[] = {FACT_FIELDS_fill_reversed(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_order_ended
static const struct fact_field fields_order_ended[] = {FACT_FIELDS_order_ended(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_order_reopened
static const struct fact_field fields_order_reopened[] = {
    FACT_FIELDS_order_reopened(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_cancel_requested
static const struct fact_field fields_cancel_requested[] = {
    FACT_FIELDS_cancel_requested(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_cancel_refused
static const struct fact_field fields_cancel_refused[] = {
    FACT_FIELDS_cancel_refused(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_amend_requested
static const struct fact_field fields_amend_requested[] = {
    FACT_FIELDS_amend_requested(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_order_amended
static const struct fact_field fields_order_amended[] = {FACT_FIELDS_order_amended(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_amend_refused
static const struct fact_field fields_amend_refused[] = {FACT_FIELDS_amend_refused(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_state_changed
static const struct fact_field fields_state_changed[] = {FACT_FIELDS_state_changed(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_stop_set
static const struct fact_field fields_stop_set[] = {FACT_FIELDS_stop_set(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_limit_breached
static const struct fact_field fields_limit_breached[] = {
    FACT_FIELDS_limit_breached(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_bot_signal
static const struct fact_field fields_bot_signal[] = {FACT_FIELDS_bot_signal(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_bot_state
static const struct fact_field fields_bot_state[] = {FACT_FIELDS_bot_state(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_timer_set
static const struct fact_field fields_timer_set[] = {FACT_FIELDS_timer_set(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_timer_cleared
static const struct fact_field fields_timer_cleared[] = {FACT_FIELDS_timer_cleared(FACT_FIELD_ROW)};
#undef FACT_CURRENT
#define FACT_CURRENT struct fact_health_changed
static const struct fact_field fields_health_changed[] = {
    FACT_FIELDS_health_changed(FACT_FIELD_ROW)};
#undef FACT_CURRENT

static const struct fact_class classes[] = {
#define FACT_CLASS_ROW(number, NAME, name, version_number, sentence_text) \
    {number,                                                              \
     version_number,                                                      \
     #name,                                                               \
     sentence_text,                                                       \
     (uint32_t)sizeof(struct fact_##name),                                \
     (uint32_t)ARRAY_COUNT(fields_##name),                                \
     fields_##name},
    FACT_TABLE(FACT_CLASS_ROW)};

const struct fact_class *fact_classes(size_t *count)
{
    *count = ARRAY_COUNT(classes);
    return classes;
}

const struct fact_class *fact_class_of(uint16_t kind)
{
    for (size_t i = 0; i < ARRAY_COUNT(classes); i++) {
        if (classes[i].kind == kind)
            return &classes[i];
    }
    return NULL;
}

const char *account_kind_name(enum account_kind kind)
{
    static const char *const names[ACCOUNT_KIND_END] = {
        "?", "available", "held", "clearing", "fees", "funding", "external", "suspense", "dust"};
    ASSERT(kind < ACCOUNT_KIND_END);
    return names[kind];
}

const char *transfer_code_name(enum transfer_code code)
{
    static const char *const names[] = {"?",       "deposit",  "withdrawal", "budget",  "hold",
                                        "release", "settle",   "fee",        "funding", "suspense",
                                        "dust",    "reversal", "fee_repay"};
    ASSERT(code < ARRAY_COUNT(names));
    return names[code];
}
