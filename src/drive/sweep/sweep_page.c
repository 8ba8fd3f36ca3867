#include "drive/sweep/sweep_page.h"

#include <stdio.h>
#include <string.h>

#include "base/math.h"
#include "drive/report/markup.h"
#include "drive/result/readable.h"
#include "drive/result/statistics.h"
#include "drive/sweep/sweep_heat.h"

#define LARGE_COLUMNS 40u
#define LARGE_ROWS 30u
#define SMALL_COLUMNS 20u
#define SMALL_ROWS 16u
#define BEST_LINES 15u
#define DAYS_A_YEAR 365.0

/* Steps of lightness are even to the eye; both ends keep 4.5:1 against the ground, and a text on a
 * cell 4.5:1 against the cell but for the middle steps, where it has 3.7:1 and is set larger. */
static const char style_text[] =
    ":root{color-scheme:light dark;--ground:#f6f8fa;--panel:#fff;--text:#1f2328;--muted:#57606a;"
    "--line:#d0d7de;--accent:#0969a8;--warn:#8a5a00;--good:#0a7a4f;--mark:#1f2328;"
    "--p0:#f1f2f3;--p1:#ccdde9;--p2:#abc6dc;--p3:#8bafce;--p4:#6e97bf;--p5:#4d78aa;--p6:#3b68a0;"
    "--p7:#255090;--p8:#123780;"
    "--n1:#e8dbcc;--n2:#dbc3ab;--n3:#ceab8c;--n4:#c1936f;--n5:#ab6e43;--n6:#a5623a;--n7:#974920;"
    "--n8:#872f00}\n"
    "@media(prefers-color-scheme:dark){:root{--ground:#0d1117;--panel:#151b23;--text:#e6edf3;"
    "--muted:#9aa7b4;--line:#2d333b;--accent:#4aa8e0;--warn:#ecad0a;--good:#2ebd85;--mark:#fff;"
    "--p0:#232a33;--p1:#2e3a4a;--p2:#384b62;--p3:#41607c;--p4:#4a7291;--p5:#5a93b8;--p6:#62acd5;"
    "--p7:#68c6f1;--p8:#8ae8ff;"
    "--n1:#44342d;--n2:#5c4335;--n3:#72503b;--n4:#8a6044;--n5:#b27a48;--n6:#cc8f4d;--n7:#e6a552;"
    "--n8:#ffc56a}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--ground);color:var(--text);font:14px/1.55 "
    "system-ui,sans-serif}\n"
    "main{max-width:1040px;margin:0 auto;padding:28px 16px 48px}\n"
    "h1{font-size:23px;margin:0;letter-spacing:-.01em}h2{font-size:16px;margin:34px 0 8px}\n"
    "h3{font-size:13px;margin:0 0 6px;color:var(--muted);font-weight:600}\n"
    "p{margin:4px 0}.muted{color:var(--muted)}.mono{font-family:ui-monospace,monospace;"
    "font-size:12.5px}\n"
    ".panel{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:14px}\n"
    ".warnings{border-left:4px solid var(--warn);margin:16px 0}"
    ".warnings ul{margin:0;padding-left:18px}\n"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(148px,1fr));gap:10px;"
    "margin:18px 0}\n"
    ".cards .panel{padding:10px 14px}.cards span{display:block;color:var(--muted);font-size:12.5px}"
    ".cards b{font-size:20px;font-weight:600;font-variant-numeric:tabular-nums}"
    ".cards small{display:block;color:var(--muted)}\n"
    ".split{display:grid;grid-template-columns:minmax(0,1fr) 300px;gap:14px;"
    "align-items:start}\n"
    "@media(max-width:820px){.split{grid-template-columns:1fr}}\n"
    ".grid2{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:14px}\n"
    ".grid2 figure{margin:0}figure{margin:0}\n"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:4px 8px;text-align:right;border-bottom:1px solid var(--line);"
    "white-space:nowrap}\n"
    "th{color:var(--muted);font-weight:600;font-size:12.5px}\n"
    ".l{text-align:left}.split td,.split th{padding:4px 6px}"
    ".split td.l{white-space:normal}tr:last-child td{border-bottom:0}td.w{white-space:normal}\n"
    ".scroll{overflow-x:auto}\n";
static const char pictures_text[] =
    ".bars{display:grid;grid-template-columns:max-content 1fr max-content;gap:8px 12px;"
    "align-items:center}\n"
    ".bars i{display:block;height:16px;border-radius:3px;background:var(--accent);min-width:2px}"
    ".bars i.rest{background:none;border:1px dashed var(--muted)}"
    ".bars em{font-style:normal;font-variant-numeric:tabular-nums;text-align:right}\n"
    "svg{width:100%;height:auto;display:block;font-family:inherit}\n"
    "svg text{fill:var(--text);font-size:11px;font-variant-numeric:tabular-nums}"
    "svg .t{fill:var(--muted)}svg .a{font-weight:600;font-size:12px}"
    "svg .m,svg .v{text-anchor:middle}svg .e{text-anchor:end}"
    "svg .v{pointer-events:none}svg .v.on{fill:var(--panel)}\n"
    "svg .no{fill:url(#none)}svg .stripe{stroke:var(--muted);stroke-width:1.2;stroke-opacity:.45}\n"
    "svg .halo{fill:none;stroke:var(--panel);stroke-width:5}"
    "svg .chosen{fill:none;stroke:var(--mark);stroke-width:2.6}"
    "svg .around{fill:none;stroke:var(--mark);stroke-width:1.4;stroke-dasharray:5 4}"
    "svg .stable{fill:none;stroke:var(--mark);stroke-width:2}\n"
    "svg .grid{stroke:var(--line)}svg .zero{stroke:var(--muted);stroke-dasharray:3 3}"
    "svg .base{stroke:var(--muted)}svg .band{fill:var(--accent);fill-opacity:.13}"
    "svg .line{fill:none;stroke:var(--accent);stroke-width:2;stroke-linejoin:round}"
    "svg .dot{fill:var(--accent)}\n"
    ".key{display:flex;flex-wrap:wrap;gap:6px 18px;margin-top:8px;color:var(--muted);"
    "font-size:12.5px}.key svg{width:18px;height:18px;display:inline-block;vertical-align:-4px;"
    "margin-right:5px}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;margin:0}\n"
    "dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}\n"
    "@media print{:root{color-scheme:light;--ground:#fff;--text:#000;--muted:#444;--line:#bbb}"
    "main{max-width:none;padding:0}body{font-size:11px}h2{break-after:avoid}"
    "figure,.panel{break-inside:avoid}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

struct page {
    const struct sweep_view *view;
    const struct sweep_summary *summary;
    struct text_buffer *out;
};

static void put(const struct page *page, const char *markup)
{
    text_buffer_append(page->out, text_of(markup));
}

static void put_escaped(const struct page *page, const char *text)
{
    html_append(page->out, text_of(text));
}

static void style_append(const struct page *page)
{
    put(page, style_text);
    put(page, pictures_text);
    for (int i = 0; i <= HEAT_STEPS; i++)
        text_buffer_print(page->out, ".p%d{fill:var(--p%d)}", i, i);
    for (int i = 1; i <= HEAT_STEPS; i++)
        text_buffer_print(page->out, ".n%d{fill:var(--n%d)}", i, i);
    put(page, "\n");
}

static void head_append(const struct page *page)
{
    const struct sweep_summary *summary = page->summary;
    put(page,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n<title>Sweep of ");
    put_escaped(page, summary->config_name);
    put(page, "</title>\n<style>\n");
    style_append(page);
    put(page,
        "</style></head><body>\n"
        /* What cells refer to that did not run. */
        "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs>"
        "<pattern id=\"none\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(45)\"><line class=\"stripe\" x1=\"0\" y1=\"0\" x2=\"0\" "
        "y2=\"6\"/></pattern></defs></svg>\n<main><h1>Sweep of ");
    put_escaped(page, summary->config_name);
    text_buffer_print(page->out, "</h1>\n<p class=\"muted\">%s",
                      sweep_method_name(summary->plan.method));
    if (summary->plan.method != SWEEP_GRID)
        text_buffer_print(page->out, ", seed %llu", (unsigned long long)summary->plan.seed);
    if (summary->plan.eta > 0)
        text_buffer_print(page->out, ", halved by %u in %u rungs", summary->plan.eta,
                          summary->rungs_count);
    char trials[READABLE_SIZE], days[READABLE_SIZE];
    count_format(trials, summary->count);
    count_format(days, summary->periods);
    text_buffer_print(page->out, " · %s trials · %s days · <span class=\"mono\">%.8s</span></p>\n",
                      trials, days, summary->id);
}

/* ---- luck ------------------------------------------------------------------------------------ */

static void warnings_append(const struct page *page)
{
    const struct sweep_summary *summary = page->summary;
    const struct view_around *around = &page->view->around_chosen;
    bool lucky = !(summary->deflated >= 0.95);
    bool fits = summary->has_overfit && summary->overfit.probability > 0.5;
    bool spike = double_is_finite(around->plateau) && around->plateau < 0.5;
    bool open = summary->wanted > summary->count + summary->invalid;
    uint32_t edges = 0;
    for (uint32_t axis = 0; axis < page->view->axes; axis++)
        edges += sweep_view_at_edge(page->view, axis);
    if (!lucky && !fits && !spike && !open && edges == 0)
        return;
    put(page, "<div class=\"panel warnings\"><ul>\n");
    if (open)
        text_buffer_print(page->out, "<li>%u of %u trials are still to run.</li>\n",
                          summary->wanted - summary->count - summary->invalid, summary->wanted);
    if (lucky && double_is_finite(summary->deflated))
        text_buffer_print(page->out,
                          "<li>Deflated Sharpe %.3f, below 0.95: whoever tries this often finds as "
                          "much without skill.</li>\n",
                          summary->deflated);
    else if (lucky)
        put(page, "<li>The best trial has no deflated Sharpe ratio: too little varies.</li>\n");
    if (fits)
        text_buffer_print(
            page->out,
            "<li>Probability of overfitting %.2f: the best of one half of the days is "
            "more often than not below the median of the other half.</li>\n",
            summary->overfit.probability);
    if (spike)
        text_buffer_print(
            page->out,
            "<li>The best trial stands on a spike: its neighbours have %.0f %% of its "
            "value.</li>\n",
            around->plateau * 100);
    put(page, "</ul></div>\n");
}

static void card(const struct page *page, const char *name, const char *value, const char *note)
{
    text_buffer_print(page->out, "<div class=\"panel\"><span>%s</span><b>%s</b>", name, value);
    if (note[0] != '\0') {
        put(page, "<small>");
        put_escaped(page, note);
        put(page, "</small>");
    }
    put(page, "</div>\n");
}

static void cards_append(const struct page *page)
{
    const struct sweep_summary *summary = page->summary;
    const struct sweep_view *view = page->view;
    char text[HEAT_VALUE_SIZE], number[READABLE_SIZE];
    double sharpe = summary->trials[0].row.sharpe;
    put(page, "<div class=\"cards\">\n");
    (void)snprintf(text, sizeof text, "%.2f", sharpe * math_sqrt(DAYS_A_YEAR));
    card(page, "Best Sharpe ratio a year", double_is_finite(sharpe) ? text : "–",
         summary->trials[0].params);
    (void)snprintf(text, sizeof text, "%.3f", summary->deflated);
    card(page, "Deflated Sharpe", double_is_finite(summary->deflated) ? text : "–",
         "probability of skill, all trials counted");
    (void)snprintf(text, sizeof text, "%.2f", summary->overfit.probability);
    card(page, "Probability of overfitting", summary->has_overfit ? text : "–", "PBO");
    count_format(number, summary->counted);
    card(page, "Trials counted", number, "of these data and this kind of bot, ever");
    (void)snprintf(text, sizeof text, "%.2f", view->around_chosen.plateau);
    card(page, "Plateau score", double_is_finite(view->around_chosen.plateau) ? text : "–",
         "neighbours over the best");
    put(page, "</div>\n");
}

/* ---- the large map --------------------------------------------------------------------------- */

static void around_row(const struct page *page, const char *name, double chosen, double stable)
{
    char one[HEAT_VALUE_SIZE], other[HEAT_VALUE_SIZE];
    heat_value(page->view, chosen, one);
    heat_value(page->view, stable, other);
    text_buffer_print(page->out, "<tr><td class=\"l\">%s</td><td>%s</td><td>%s</td></tr>\n", name,
                      one, other);
}

static void params_append(const struct page *page, uint32_t trial)
{
    struct text_buffer params;
    text_buffer_init(&params, 4096);
    if (trial != VIEW_NONE)
        sweep_space_describe(&page->summary->space, page->view->candidates[trial], &params);
    put_escaped(page, params.data == NULL ? "–" : params.data);
    text_buffer_release(&params);
}

static void around_append(const struct page *page)
{
    const struct sweep_view *view = page->view;
    const struct view_around *chosen = &view->around_chosen, *stable = &view->around_stable;
    bool has = view->stable != VIEW_NONE;
    put(page, "<div class=\"panel\"><h3>What lies around it</h3><table><thead><tr><th></th>"
              "<th>best</th><th>most stable</th></tr></thead><tbody>\n");
    around_row(page, "value", chosen->value, has ? stable->value : double_nan());
    around_row(page, "mean of neighbours", chosen->mean, has ? stable->mean : double_nan());
    around_row(page, "worst neighbour", chosen->worst, has ? stable->worst : double_nan());
    char one[32] = "–", other[32] = "–";
    if (double_is_finite(chosen->plateau))
        (void)snprintf(one, sizeof one, "%.2f", chosen->plateau);
    if (has && double_is_finite(stable->plateau))
        (void)snprintf(other, sizeof other, "%.2f", stable->plateau);
    text_buffer_print(page->out,
                      "<tr><td class=\"l\">plateau score</td><td>%s</td><td>%s</td></tr>\n", one,
                      other);
    text_buffer_print(page->out, "<tr><td class=\"l\">neighbours</td><td>%u</td><td>%u</td></tr>\n",
                      chosen->neighbours, has ? stable->neighbours : 0);
    put(page, "</tbody></table>\n<p class=\"muted\" style=\"margin-top:10px\">Best: ");
    params_append(page, view->chosen);
    put(page, "<br>Most stable: ");
    params_append(page, view->stable);
    if (has)
        text_buffer_print(page->out, "<br><span class=\"mono\">tern sweep apply %.24s %u</span>",
                          "SWEEP", view->candidates[view->stable]);
    put(page, "</p>\n<p class=\"muted\">A rule that holds stands on a plateau: its neighbours are "
              "about as good. One that fits the past by chance stands on a spike.</p></div>\n");
}

static void key_append(const struct page *page, bool neighbours)
{
    put(page, "<div class=\"key\"><span><svg viewBox=\"0 0 18 18\"><rect class=\"chosen\" x=\"2\" "
              "y=\"2\" width=\"14\" height=\"14\"/></svg>best</span>");
    if (neighbours)
        put(page, "<span><svg viewBox=\"0 0 18 18\"><rect class=\"around\" x=\"1\" y=\"1\" "
                  "width=\"16\" height=\"16\"/></svg>its neighbours</span>");
    if (page->view->stable != VIEW_NONE)
        put(page, "<span><svg viewBox=\"0 0 18 18\"><circle class=\"stable\" cx=\"9\" cy=\"9\" "
                  "r=\"7\"/></svg>most stable</span>");
    put(page, "<span><svg viewBox=\"0 0 18 18\"><rect class=\"no\" x=\"1\" y=\"1\" width=\"16\" "
              "height=\"16\"/></svg>did not run</span></div>\n");
}

static enum status large_append(const struct page *page, uint32_t x, uint32_t y)
{
    struct sweep_map map;
    enum status status = sweep_map_make(page->view, x, y, LARGE_COLUMNS, LARGE_ROWS, &map);
    if (status != STATUS_OK)
        return status;
    struct heat_form form = {.width = 720, .large = true};
    put(page, "<h2>Where it is good</h2>\n<div class=\"split\"><div class=\"panel\"><h3>");
    put(page, view_metric_title(page->view->metric));
    put(page, sweep_map_mean_of(page->view, &map));
    if (page->summary->plan.eta > 0)
        text_buffer_print(page->out, ", first %u days, where all candidates ran",
                          page->summary->rungs[0].days);
    put(page, "</h3><figure>");
    heat_append(page->view, &map, &form, page->out);
    put(page, "</figure>\n");
    key_append(page, map.columns == page->view->counts[x]);
    put(page, "</div>\n");
    around_append(page);
    put(page, "</div>\n");
    if (map.several) {
        form.best = true;
        put(page, "<div class=\"panel\" style=\"margin-top:14px;max-width:760px\"><h3>The best of "
                  "what each cell above is the mean of</h3><figure>");
        heat_append(page->view, &map, &form, page->out);
        put(page, "</figure></div>\n");
    }
    sweep_map_release(&map);
    return STATUS_OK;
}

/* ---- parameters ------------------------------------------------------------------------------ */

static void importance_append(const struct page *page)
{
    const struct importance *importance = &page->view->importance;
    if (!double_is_finite(importance->rest))
        return;
    put(page,
        "<h2>What mattered</h2>\n<div class=\"panel\"><h3>Share of the variance that the value "
        "of one parameter alone explains</h3><div class=\"bars\">\n");
    for (uint32_t i = 0; i < page->view->axes; i++) {
        uint32_t axis = page->view->ranked[i];
        double share = importance->shares[axis] * 100;
        put(page, "<span>");
        put_escaped(page, page->summary->space.axes[axis].name);
        text_buffer_print(page->out,
                          "</span><span><i style=\"width:%.1f%%\"></i></span><em>%.1f %%</em>\n",
                          share, share);
    }
    text_buffer_print(page->out,
                      "<span class=\"muted\">together only</span><span><i class=\"rest\" "
                      "style=\"width:%.1f%%\"></i></span><em>%.1f %%</em></div>\n",
                      importance->rest * 100, importance->rest * 100);
    put(page, "<p class=\"muted\" style=\"margin-top:10px\">First-order analysis of variance. "
              "Combinations that are none are left out, so shares of parameters that hang together "
              "overlap.</p></div>\n");
}

static void curves_append(const struct page *page)
{
    put(page, "<h2>Each parameter alone</h2>\n<p class=\"muted\">The line is the mean over all "
              "others, the band goes from the worst to the best.</p>\n<div class=\"grid2\">\n");
    for (uint32_t i = 0; i < page->view->axes; i++) {
        put(page, "<figure class=\"panel\">");
        curve_append(page->view, page->view->ranked[i], page->out);
        put(page, "</figure>\n");
    }
    put(page, "</div>\n<h2>All trials</h2>\n<div class=\"panel\"><h3>How many have which value</h3>"
              "<figure>");
    spread_append(page->view, page->out);
    put(page, "</figure></div>\n");
}

static enum status pairs_append(const struct page *page, uint32_t x, uint32_t y)
{
    const struct sweep_view *view = page->view;
    enum status status = STATUS_OK;
    if (view->axes < 3)
        return STATUS_OK;
    put(page, "<h2>The other pairs</h2>\n<p class=\"muted\">Mean over all other parameters; each "
              "map has colours of its own.</p>\n<div class=\"grid2\">\n");
    for (uint32_t i = 0; i < view->axes; i++) {
        for (uint32_t j = i + 1; status == STATUS_OK && j < view->axes; j++) {
            uint32_t a = view->ranked[i], b = view->ranked[j];
            struct sweep_map map;
            struct heat_form form = {.width = 330};
            if ((a == x && b == y) || (a == y && b == x))
                continue;
            status = sweep_map_make(view, a, b, SMALL_COLUMNS, SMALL_ROWS, &map);
            if (status != STATUS_OK)
                continue;
            put(page, "<figure class=\"panel\">");
            heat_append(view, &map, &form, page->out);
            put(page, "</figure>\n");
            sweep_map_release(&map);
        }
    }
    put(page, "</div>\n");
    return status;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void rungs_append(const struct page *page)
{
    const struct sweep_summary *summary = page->summary;
    if (summary->plan.eta == 0)
        return;
    put(page, "<h2>Rungs</h2>\n<div class=\"panel scroll\"><table><thead><tr><th>rung</th>"
              "<th>days</th><th>ran</th><th>did not run</th><th>best Sharpe</th></tr></thead>"
              "<tbody>\n");
    for (uint32_t i = 0; i < summary->rungs_count; i++) {
        const struct sweep_rung *rung = &summary->rungs[i];
        double sharpe = rung->ran > 0 ? summary->trials[rung->first].row.sharpe : double_nan();
        char text[READABLE_SIZE];
        number_format(text, sharpe * math_sqrt(DAYS_A_YEAR), 2);
        text_buffer_print(page->out,
                          "<tr><td>%u</td><td>%u</td><td>%u</td><td>%u</td><td>%s</td></tr>\n",
                          i + 1, rung->days, rung->ran, rung->invalid, text);
    }
    put(page, "</tbody></table></div>\n");
}

static void trials_append(const struct page *page)
{
    const struct sweep_summary *summary = page->summary;
    unsigned places = money_places(summary->start_equity);
    put(page, "<h2>Best trials</h2>\n<div class=\"panel scroll\"><table><thead><tr><th>trial</th>"
              "<th class=\"l\">parameters</th><th>Sharpe</th><th>return</th><th>end equity</th>"
              "<th>fees</th><th>fills</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < summary->full && i < BEST_LINES; i++) {
        const struct sweep_trial *trial = &summary->trials[i];
        char sharpe[READABLE_SIZE], gain[READABLE_SIZE], equity[READABLE_SIZE];
        char fees[READABLE_SIZE], fills[READABLE_SIZE];
        double start = (double)summary->start_equity.units;
        number_format(sharpe, trial->row.sharpe * math_sqrt(DAYS_A_YEAR), 2);
        percent_format(
            gain, start > 0 ? ((double)trial->row.end_equity.units - start) / start : double_nan(),
            true);
        money_format(equity, trial->row.end_equity, places, false);
        money_format(fees, trial->row.fees, places, false);
        count_format(fills, trial->row.fills);
        text_buffer_print(page->out, "<tr><td>%u</td><td class=\"l\">",
                          sweep_candidate(summary, trial));
        put_escaped(page, trial->params);
        text_buffer_print(page->out,
                          "</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
                          sharpe, gain, equity, fees, fills);
    }
    put(page, "</tbody></table></div>\n");
}

static void fact(const struct page *page, const char *name, const char *value)
{
    text_buffer_print(page->out, "<dt>%s</dt><dd class=\"mono\">", name);
    put_escaped(page, value);
    put(page, "</dd>\n");
}

static void facts_append(const struct page *page)
{
    const struct sweep_summary *summary = page->summary;
    put(page, "<h2>What was tried</h2>\n<div class=\"panel\"><dl>\n");
    for (uint32_t i = 0; i < summary->space.axes_count; i++) {
        const struct sweep_axis *axis = &summary->space.axes[i];
        char text[SWEEP_VALUE_SIZE * 2 + 64];
        put(page, "<dt class=\"mono\">");
        put_escaped(page, axis->written);
        if (axis->count > 1)
            (void)snprintf(text, sizeof text, "%s … %s, %u values", axis->values[0],
                           axis->values[axis->count - 1], axis->count);
        else
            (void)snprintf(text, sizeof text, "%s", axis->values[0]);
        put(page, "</dt><dd class=\"mono\">");
        put_escaped(page, text);
        put(page, "</dd>\n");
    }
    fact(page, "sweep_id", summary->id);
    fact(page, "config_hash", summary->config_hash);
    fact(page, "data_hash", summary->data_hash);
    text_buffer_print(page->out, "<dt>combinations that are none</dt><dd>%u</dd>\n",
                      summary->invalid);
    put(page, "</dl></div>\n</main></body></html>\n");
}

enum status sweep_page_append(const struct sweep_view *view, uint32_t x, uint32_t y,
                              struct text_buffer *out)
{
    struct page page = {.view = view, .summary = view->summary, .out = out};
    head_append(&page);
    warnings_append(&page);
    cards_append(&page);
    enum status status = large_append(&page, x, y);
    if (status == STATUS_OK) {
        importance_append(&page);
        curves_append(&page);
        status = pairs_append(&page, x, y);
    }
    if (status != STATUS_OK)
        return status;
    rungs_append(&page);
    trials_append(&page);
    facts_append(&page);
    return out->status;
}
