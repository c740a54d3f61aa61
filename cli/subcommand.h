/* Subcommands: one table for the dispatcher, for help and for the nearest name of an unknown one.
 * To add one: its file in cli/, its line in cli/subcommands.def. */
#ifndef CANVASS_CLI_SUBCOMMAND_H
#define CANVASS_CLI_SUBCOMMAND_H

#include "base/buf.h"
#include "cli/options.h"

/* What options set; the same for all subcommands. */
typedef struct settings {
  unsigned workers; /* 0: as many as processors */
  unsigned shard_rows;
  const char *format; /* of the report, or of data files; NULL: the default */
  int language;       /* report_language; -1: from the environment */
  int color;          /* color_choice */
  const char *output;
  const char *codebook;  /* a table beside the specification; NULL: none */
  const char *encoding;  /* of data files; NULL: UTF-8 or found out */
  const char *sheet;     /* of workbooks; NULL: the first */
  const char *delimiter; /* of data files; NULL: found out */
  unsigned skip, header; /* lines before the header, and its rows; 0: found out */
  const char *store;     /* a directory; NULL: nothing is kept */
  uint64_t cache_bytes;  /* 0: the store's default */
  bool strict, quiet, network_store;
  /* The cluster. */
  option_texts listen;    /* endpoints of a broker */
  const char *broker;     /* endpoint; NULL: $CANVASS_BROKER */
  const char *identity;   /* file of the user's pair of keys; NULL: $CANVASS_IDENTITY, otherwise none */
  const char *broker_key; /* the broker's public key or its file; NULL: $CANVASS_BROKER_KEY */
  const char *allow;      /* file of the keys that a broker allows */
  unsigned losses;        /* workers that may be lost with a task; 0: the default */
  unsigned threads;       /* 0: as many as processors */
  const char *dataset;
  const char *job_key;
  unsigned priority;
  unsigned timeout; /* seconds; 0: none */
  int role;         /* of keygen: client, worker, both; -1: none */
  int job_state;    /* of the jobs that are listed; -1: any */
  unsigned limit;   /* how many of them; 0: all, or as many as fit a terminal */
  bool wait, append, json, merge;
  bool rows; /* rows come back */
  bool man;  /* help as a page of the manual */
  /* What is rendered of a report, and how (report/choices.def). */
  const char *only; /* NULL: everything */
  bool summary, bom;
  unsigned width; /* 0: that of the terminal */
} settings;

/* A row for the options of every subcommand that says something to people. */
#define LANGUAGE_OPTION                                                                 \
  {                                                                                     \
    'l', "lang", "LANGUAGE", OPTION_LANGUAGE, offsetof(settings, language), 0, 0, NULL, \
        SAID("en, zh (zh-Hans), zh-TW (zh-Hant); default: locale's",                    \
             "en、zh（zh-Hans）、zh-TW（zh-Hant）；默认按区域设置",                     \
             "en、zh（zh-Hans）、zh-TW（zh-Hant）；預設依地區設定")                     \
  }

typedef enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color_choice;

typedef struct subcommand {
  const char *name;
  /* Half a line; neighbours with the same summary share a line of the overview. */
  const char *summary[LANGUAGES];
  const char *usage; /* what follows "canvass NAME"; completion reads the operands from it (completion.h) */
  const char *about[LANGUAGES]; /* lines */
  const char *example;          /* lines */
  const char *details;          /* paragraphs for the manual, with empty lines between them; NULL: none */
  const option *options;
  size_t options_count;
  size_t operands_min, operands_max;
  const char *operands_missing; /* named when there are too few */
  /* A status other than STATUS_OK ends the program with its exit code and ERR's message. */
  status (*run)(const settings *s, const char *const *operands, size_t count, error *err);
} subcommand;

/* Of `run` and `score`, and of `report` and `rows`, which share lines of the overview. */
#define EVALUATION_SUMMARY                                                                      \
  SAID("evaluate survey files: the report; a line per row", "评价调查文件：输出报告；逐行结果", \
       "評價調查檔案：輸出報告；逐列結果")
#define RESULT_SUMMARY                                                                       \
  SAID("print a job's report, or a saved one; its rows", "输出作业或已保存的报告；作业的行", \
       "輸出作業或已儲存的報告；作業的列")

/* Of `version`, `completion` and `help`, which share a line of the overview. */
#define BESIDES_SUMMARY                                                               \
  SAID("the release; completion; help on a name", "版本；shell 补全；某一名称的帮助", \
       "版本；shell 補全；某一名稱的說明")

#define SUBCOMMAND(name, section) extern const subcommand subcommand_##name;
#include "cli/subcommands.def"
#undef SUBCOMMAND

const subcommand *subcommand_find(const char *name); /* NULL when unknown */
size_t subcommand_count(void);
const subcommand *subcommand_at(size_t index);
/* The overview has a heading above the first of each section. */
typedef enum subcommand_section {
  SECTION_HERE,
  SECTION_CLUSTER,
  SECTION_SERVICE,
  SECTION_BESIDES
} subcommand_section;
subcommand_section subcommand_section_at(size_t index);
/* "unknown subcommand 'rum'; did you mean 'run'?" */
status subcommand_unknown(const char *name, error *err);

void version_text(buf *out);

#endif
