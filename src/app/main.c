/* The composition root: the only room that names concrete adapters. */
#include <stdio.h>

#include "app/ports.h"
#include "drive/research/execute.h"
#include "drive/research/result_tables.h"

int main(int argc, char **argv)
{
    struct execute_ports ports = {&bar_port_files, &journal_port_file, "0.1.0"};
    struct execute_request request = {.config_path = argc > 1 ? argv[1] : "",
                                      .directory = argc > 2 ? argv[2] : NULL};
    struct backtest_result result;
    struct metrics metrics;
    struct problem problem;
    problem_init(&problem);
    if (execute_backtest(&ports, &request, &result, &metrics, &problem) != STATUS_OK) {
        char text[1200];
        problem_format(&problem, text, sizeof text);
        fprintf(stderr, "%s\n", text);
        return status_exit_code(problem.status);
    }
    struct text_buffer out;
    struct table_style style = {0};
    text_buffer_init(&out, (size_t)1 << 20);
    enum status status = result_print(&result, &metrics, &style, &out);
    printf("%s", status == STATUS_OK ? out.data : "?");
    text_buffer_release(&out);
    backtest_result_release(&result);
    return 0;
}
