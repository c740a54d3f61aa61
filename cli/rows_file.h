/* The rows of a job as a file, and what is told of them. */
#ifndef CANVASS_CLI_ROWS_FILE_H
#define CANVASS_CLI_ROWS_FILE_H

#include "cli/subcommand.h"
#include "client/session.h"

/* Rows of options for subcommands that write rows. */
#define ROWS_OPTIONS                                                                                         \
  {'o',                                                                                                      \
   "output",                                                                                                 \
   "FILE",                                                                                                   \
   OPTION_TEXT,                                                                                              \
   offsetof(settings, output),                                                                               \
   0,                                                                                                        \
   0,                                                                                                        \
   NULL,                                                                                                     \
   SAID("write the rows there; - is standard output", "行写入此文件；- 为标准输出",                          \
        "列寫入此檔案；- 為標準輸出")},                                                                      \
      {0,                                                                                                    \
       "json",                                                                                               \
       NULL,                                                                                                 \
       OPTION_FLAG,                                                                                          \
       offsetof(settings, json),                                                                             \
       0,                                                                                                    \
       0,                                                                                                    \
       NULL,                                                                                                 \
       SAID("print what was written as JSON; needs --output FILE", "以 JSON 输出写入概况；需 --output 文件", \
            "以 JSON 輸出寫入概況；需 --output 檔案")},                                                      \
      LANGUAGE_OPTION

/* Before the work begins: with --json, rows need a file of their own. */
status rows_file_check(const settings *s, error *err) MUST_USE;
/* Writes the rows of JOB to the file that --output names, which appears when all of them are there, and tells
 * how many there are, and which cells are empty or would be taken for formulas. */
status rows_file_write(const settings *s, session *link, const char *job, error *err) MUST_USE;

#endif
