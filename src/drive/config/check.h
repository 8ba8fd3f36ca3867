/* What the rules between keys share. Internal to drive/config. */
#ifndef TERN_DRIVE_CONFIG_CHECK_H
#define TERN_DRIVE_CONFIG_CHECK_H

#include "drive/config/option.h"

struct check {
    struct config *config;
    struct problem *problem;
};

/* A problem at the key, on its line or that of the part of it that the file has. */
enum status check_refuse(struct check *check, const char *key, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Says what is allowed, and what to do next where that is not NULL; returns the status. */
enum status check_allow(struct check *check, const char *allowed, const char *next);
/* The name of an instrument that is not on the list. */
enum status check_outside_list(struct check *check, const char *key, const char *name);
enum status check_memory(struct check *check);

/* The rules of check_bots.c. */
MUST_USE enum status check_bots(struct check *check);

#endif
