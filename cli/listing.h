/* What `jobs`, `workers` and `datasets` have in common: a list from the broker becomes a table for readers,
 * or JSON for programs. */
#ifndef CANVASS_CLI_LISTING_H
#define CANVASS_CLI_LISTING_H

#include "base/json.h"
#include "cli/subcommand.h"
#include "cli/table.h"
#include "client/session.h"

enum {
  /* Terminal columns; --json has all of each text. */
  LISTING_NAME_COLUMNS = 32,
  LISTING_TITLE_COLUMNS = 32,
};

typedef struct listed {
  const json *answer; /* the broker's object, */
  const json *all;    /* and the items in it */
  const json **items;
  size_t count;
  size_t left_out; /* because they are too many for a terminal */
} listed;

typedef struct listing_column {
  const char *heading[LANGUAGES];
  bool is_figure;
  size_t widest;
} listing_column; /* as a table_column, in the language of now */

enum { LISTING_COLUMNS_MAX = 16 };

typedef struct listing {
  const char *what;            /* as the broker calls them */
  const char *noun[LANGUAGES]; /* as people do */
  const char *none[LANGUAGES];
  const listing_column *columns; /* at most LISTING_COLUMNS_MAX */
  size_t columns_count;
  void (*fill)(table *t, const listed *l);
  /* Asks for the list; NULL: for all of it. */
  status (*ask)(session *link, const settings *s, buf *out, error *err);
  /* Which of the items, and in which order; NULL: all of them, and JSON as the broker writes it. */
  void (*choose)(const settings *s, listed *l);
} listing;

status listing_print(const settings *s, const listing *l, error *err) MUST_USE;

/* A figure of the broker's about its list, or VALUE when there is none. */
uint64_t listing_figure_or(const listed *l, const char *key, uint64_t value);
/* Cells of T. */
uint64_t listing_figure(const json *item, const char *key);
void listing_put_text(table *t, const json *item, const char *key);
void listing_put_count(table *t, const json *item, const char *key);
void listing_put_since(table *t, const json *item, const char *key);

#define LISTING_SUMMARY \
  SAID("list them; --json for programs", "列出；--json 供程序使用", "列出；--json 供程式使用")
#define LISTING_JSON_OPTION                                                                               \
  {                                                                                                       \
    0, "json", NULL, OPTION_FLAG, offsetof(settings, json), 0, 0, NULL,                                   \
        SAID("one JSON object, for programs", "一个 JSON 对象，供程序使用", "一個 JSON 物件，供程式使用") \
  }

#endif
