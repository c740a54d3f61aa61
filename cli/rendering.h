/* A report as the user wants it: rendered in the chosen format and language, and written to the chosen
 * place. */
#ifndef CANVASS_CLI_RENDERING_H
#define CANVASS_CLI_RENDERING_H

#include "cli/subcommand.h"
#include "stats/plan/plan.h"

extern const char *const rendering_colors[];

/* Before the work begins: can a report of plan P be written as settings say? */
status rendering_check(const settings *s, const plan *p, error *err) MUST_USE;
/* Before a report is read: does its format take the choices that settings make? */
status rendering_check_choices(const settings *s, error *err) MUST_USE;
/* DOCUMENT is the report's canonical JSON. */
status rendering_write(const settings *s, const buf *document, error *err) MUST_USE;

/* The options of every subcommand that writes a report: rows for its table. */
#define RENDERING_OPTIONS                                                                   \
  {'f',                                                                                     \
   "format",                                                                                \
   "FORMAT",                                                                                \
   OPTION_FORMAT,                                                                           \
   offsetof(settings, format),                                                              \
   0,                                                                                       \
   0,                                                                                       \
   NULL,                                                                                    \
   SAID("the form of the report", "报告的格式", "報告的格式")},                             \
      {'o',                                                                                 \
       "output",                                                                            \
       "FILE",                                                                              \
       OPTION_TEXT,                                                                         \
       offsetof(settings, output),                                                          \
       0,                                                                                   \
       0,                                                                                   \
       NULL,                                                                                \
       SAID("write the report there; - is standard output", "报告写入此文件；- 为标准输出", \
            "報告寫入此檔案；- 為標準輸出")},                                               \
      LANGUAGE_OPTION, {                                                                    \
    0, "color", "WHEN", OPTION_CHOICE, offsetof(settings, color), 0, 0, rendering_colors,   \
        SAID("auto (default), always or never", "auto（默认）、always 或 never",            \
             "auto（預設）、always 或 never")                                               \
  }

#endif
