/* The concrete adapters behind the ports; only the composition root names them. */
#ifndef TERN_APP_PORTS_H
#define TERN_APP_PORTS_H

#include "world/port/bar_port.h"
#include "world/port/journal_port.h"

extern const struct bar_port bar_port_files;
extern const struct journal_port journal_port_file;

#endif
