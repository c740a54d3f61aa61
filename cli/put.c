/* canvass put: survey files become a dataset on the cluster, cut into shards here.
 *
 * Repeating it is always safe: existing files are not read again, existing shards are not sent again, and
 * a dataset that already equals the request is a success. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/destination.h"
#include "cli/evaluation.h"
#include "cli/interrupt.h"
#include "cli/link.h"
#include "cli/operands.h"
#include "cli/output.h"
#include "cli/remote_dataset.h"
#include "cli/words.h"
#include "specification/preparation.h"
#include "store/shard.h"

enum { DATASET_CALLED_BYTES = 320 };
enum { APPEND_TRIES = 10 }; /* when others append to the same dataset meanwhile; each time one was faster */

#define AT(member) offsetof(settings, member)

static const option options[] = {
    {'a', "append", NULL, OPTION_FLAG, AT(append), 0, 0, NULL,
     SAID("add files to the dataset, or create it", "向数据集添加文件；没有则新建",
          "將檔案加入資料集；沒有則新建")},
    {0, "shard-rows", "N", OPTION_COUNT, AT(shard_rows), 1, SHARD_ROWS_MAX, NULL,
     SAID("rows per shard; default: 65536; reports are the same", "每个分片的行数；默认 65536；不影响报告",
          "每個分片的列數；預設 65536；不影響報告")},
    {0, "strict", NULL, OPTION_FLAG, AT(strict), 0, 0, NULL,
     SAID("refuse data with broken rows, and copies of files", "拒绝含损坏行的数据及重复的文件",
          "拒絕含損壞列的資料及重複的檔案")},
    CODEBOOK_OPTION,
    LINK_OPTIONS,
    {0, "json", NULL, OPTION_FLAG, AT(json), 0, 0, NULL,
     SAID("report what was done as JSON on standard output", "在标准输出以 JSON 报告所做的事",
          "在標準輸出以 JSON 報告所做的事")},
    LANGUAGE_OPTION,
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, NULL,
     SAID("no progress, no message on success", "不显示进度，成功时不显示消息",
          "不顯示進度，成功時不顯示訊息")},
};

typedef struct putting {
  evaluation e;
  session *link;
  const char *name;
  const char *const *paths;
  size_t count;
  remote_dataset before;
  uint32_t added; /* files */
  session_put_counts sent;
} putting;

/* ---- What was done ------------------------------------------------------------------------------- */

static status print_json(const putting *p, error *err) {
  const manifest *m = p->e.dataset;
  arena *memory = arena_new();
  buf text;
  buf_init(&text);
  json *object = memory == NULL ? NULL : json_object(memory);
  json_set_text(object, "dataset", p->name);
  json_set_integer(object, "version", (int64_t)p->sent.version);
  json_set_integer(object, "rows", (int64_t)manifest_rows(m));
  json_set_integer(object, "shards", m->shards_count);
  json_set_integer(object, "files", m->files_count);
  json_set_integer(object, "files_added", p->added);
  json_set_integer(object, "shards_sent", (int64_t)p->sent.sent);
  json_set_integer(object, "bytes_sent", (int64_t)p->sent.bytes_sent);
  json_write(object, &text);
  const status st = memory == NULL || arena_failed(memory) ? error_no_memory(err, "the answer")
                                                           : output_json(&text, "the answer", err);
  buf_fini(&text);
  arena_destroy(memory);
  return st;
}

static void say_unchanged(const putting *p) {
  if (p->before.version != p->sent.version) {
    output_complain(
        language_say(
            "dataset %s already has this data; facts that an earlier version of canvass did not record were "
            "added: it is now version %" PRIu64,
            "数据集 %s 已有这些数据；补充了旧版 canvass 未记录的信息，现为版本 %" PRIu64,
            "資料集 %s 已有這些資料；補充了舊版 canvass 未記錄的資訊，現為版本 %" PRIu64),
        p->name, p->sent.version);
  } else if (p->sent.sent == 0) {
    output_complain(language_say("dataset %s already exists, version %" PRIu64 "; nothing to send",
                                 "数据集 %s 已存在，版本 %" PRIu64 "；无需发送",
                                 "資料集 %s 已存在，版本 %" PRIu64 "；無需傳送"),
                    p->name, p->sent.version);
  } else {
    output_complain(
        language_say(text_plural(p->sent.sent,
                                 "dataset %s already exists, version %" PRIu64 "; sent %" PRIu64
                                 " shard that the broker had lost",
                                 "dataset %s already exists, version %" PRIu64 "; sent %" PRIu64
                                 " shards that the broker had lost"),
                     "数据集 %s 已存在，版本 %" PRIu64 "；补发了调度程序丢失的 %" PRIu64 " 个分片",
                     "資料集 %s 已存在，版本 %" PRIu64 "；補送了調度程式遺失的 %" PRIu64 " 個分片"),
        p->name, p->sent.version, p->sent.sent);
  }
}

static void say_sent(const putting *p) {
  const uint64_t count = manifest_rows(p->e.dataset);
  char bytes[WORDS_BYTES];
  char rows[WORDS_BYTES];
  words_of_bytes(p->sent.bytes_sent, bytes);
  words_of_count(count, rows);
  output_complain(
      language_say(text_plural(count,
                               "sent %" PRIu64 " of %" PRIu64
                               " shards, %s; dataset %s is now version %" PRIu64 ", %s row",
                               "sent %" PRIu64 " of %" PRIu64
                               " shards, %s; dataset %s is now version %" PRIu64 ", %s rows"),
                   "已发送分片 %" PRIu64 " / %" PRIu64 "，%s；数据集 %s 现为版本 %" PRIu64 "，%s 行",
                   "已傳送分片 %" PRIu64 " / %" PRIu64 "，%s；資料集 %s 現為版本 %" PRIu64 "，%s 列"),
      p->sent.sent, p->sent.shards, bytes, p->name, p->sent.version, rows);
}

static status finish(const putting *p, bool was_there, error *err) {
  if (!p->e.settings->quiet && was_there) {
    say_unchanged(p);
  } else if (!p->e.settings->quiet) {
    say_sent(p);
  }
  const status st = p->e.settings->json ? print_json(p, err) : STATUS_OK;
  if (st != STATUS_OK) {
    output_complain(
        language_say("dataset %s is at version %" PRIu64 " anyway; repeating this put changes nothing",
                     "数据集 %s 现为版本 %" PRIu64 "；重复此命令不会有变化",
                     "資料集 %s 現為版本 %" PRIu64 "；重複此命令不會有變化"),
        p->name, p->sent.version);
  }
  return st;
}

/* ---- Reading ------------------------------------------------------------------------------------- */

static bool on_reading(void *context, uint64_t rows, uint64_t bytes_done, uint64_t bytes_total) {
  putting *p = context;
  progress_show(&p->e.progress, language_say("Reading", "正在读取", "正在讀取"), 0, rows, bytes_done,
                bytes_total);
  return !interrupt_requested();
}

static bool on_sending(void *context, uint64_t done, uint64_t total) {
  putting *p = context;
  progress_show(&p->e.progress, language_say("Sending", "正在发送", "正在傳送"), 0, done, done, total);
  return !interrupt_requested();
}

static void say_left_out(const putting *p) {
  const size_t left_out = p->count - p->added;
  if (left_out > 0 && p->added > 0 && !p->e.settings->quiet) {
    char there[TEXT_COUNT_BYTES];
    char all[TEXT_COUNT_BYTES];
    output_complain(
        language_say(text_plural(left_out, "%s of %s files is already in dataset %s and is left out",
                                 "%s of %s files are already in dataset %s and are left out"),
                     "%s / %s 个文件已在数据集 %s 中，不再加入", "%s / %s 個檔案已在資料集 %s 中，不再加入"),
        text_of_count(left_out, there), text_of_count(p->count, all), p->name);
  }
}

/* The dataset keeps such letters. */
static void warn_of_encoding(const manifest *m, uint32_t first) {
  for (uint32_t i = first; i < m->files_count; i++) {
    if ((m->files[i].reading.notices >> FILE_NOTICE_UTF8_ALREADY & 1) != 0) {
      output_complain(
          "warning: %.*s is valid UTF-8; the encoding that the specification, or the file itself, states "
          "makes "
          "other letters of it; `encoding: utf-8` reads its own",
          SLICE_ARG(m->files[i].name));
    }
  }
}

/* "b.csv and 11 more read as: Qualtrics, 3 header rows": files from FIRST on that are read alike are told
 * once. */
static void say_read_as(const manifest *m, uint32_t first) {
  for (uint32_t i = first, next; i < m->files_count; i = next) {
    const file_reading *r = &m->files[i].reading;
    for (next = i + 1; next < m->files_count && slice_equal(m->files[next].reading.format, r->format) &&
                       m->files[next].reading.header_rows == r->header_rows;
         next++) {
    }
    if (r->format.length == 0 && r->header_rows <= 1) {
      continue;
    }
    char more[64] = "";
    if (next > i + 1) {
      (void)snprintf(more, sizeof more,
                     language_say(" and %u more", " 等另外 %u 个文件", " 等另外 %u 個檔案"), next - i - 1);
    }
    const slice format = r->format.length > 0 ? r->format : slice_of(language_say("a table", "表格", "表格"));
    output_complain(language_say(text_plural(r->header_rows, "%.*s%s read as: %.*s, %u header row",
                                             "%.*s%s read as: %.*s, %u header rows"),
                                 "%.*s%s 的读取格式：%.*s，%u 行表头", "%.*s%s 的讀取格式：%.*s，%u 列標題"),
                    SLICE_ARG(m->files[i].name), more, SLICE_ARG(format), r->header_rows);
  }
}

static status read_files(putting *p, error *err) {
  evaluation *e = &p->e;
  const manifest *before = e->settings->append ? p->before.content : NULL;
  char called[DATASET_CALLED_BYTES];
  (void)snprintf(called, sizeof called, "dataset %s (version %" PRIu64 ")", p->name, p->before.version);
  reading_options reading = {.shard_rows = e->settings->shard_rows,
                             .threads = evaluation_workers(e),
                             .dataset = called,
                             .progress = on_reading,
                             .context = p};
  reading_names_give(e->names, &reading);
  manifest_destroy(e->dataset);
  e->dataset = NULL;
  if (e->shards == NULL) {
    TRY(store_new_temporary(NULL, &e->shards, err));
  }
  spec_problems problems = {.count = 0};
  status st = preparation_append(e->specification, &reading, before, p->paths, p->count, e->shards,
                                 &e->dataset, &p->added, &problems, err);
  progress_clear(&e->progress);
  TRY(evaluation_say_problems(&problems, st, err));
  say_left_out(p);
  warn_of_encoding(e->dataset, before == NULL ? 0 : before->files_count);
  if (!e->settings->quiet) {
    say_read_as(e->dataset, before == NULL ? 0 : before->files_count);
  }
  return evaluation_judge_files(e, before == NULL ? 0 : before->files_count, err);
}

/* ---- Sending ------------------------------------------------------------------------------------- */

static bool has_same_files(const manifest *a, const manifest *b) {
  bool is_same = a->files_count == b->files_count;
  for (uint32_t i = 0; is_same && i < a->files_count; i++) {
    is_same = digest_equal(&a->files[i].sha256, &b->files[i].sha256);
  }
  return is_same;
}

static status name_is_taken(const putting *p, error *err) {
  const bool is_cut_otherwise = has_same_files(p->before.content, p->e.dataset);
  return error_set(err, STATUS_JOB,
                   "dataset %s already exists (version %" PRIu64
                   "), %s; add files with --append, choose "
                   "another name, or remove it with: canvass drop %s",
                   p->name, p->before.version,
                   is_cut_otherwise
                       ? "of the same files, but read with other options or by another version of canvass"
                       : "of other files",
                   p->name);
}

static status send_shards(putting *p, uint64_t base, error *err) {
  const session_callback callback = {on_sending, p};
  const status st =
      remote_dataset_put(p->link, p->name, base, p->e.dataset, p->e.shards, &callback, &p->sent, err);
  progress_clear(&p->e.progress);
  return st == STATUS_INTERRUPTED
             ? error_set(err, st, "interrupted; what was sent is kept, and the same command goes on")
             : st;
}

static status put_new(putting *p, error *err) {
  TRY(read_files(p, err));
  if (p->before.version == 0) {
    TRY(send_shards(p, 0, err));
    return finish(p, false, err);
  }
  if (!manifest_same_shards(p->before.content, p->e.dataset)) {
    return name_is_taken(p, err);
  }
  p->added = 0;
  /* Repairs what was damaged there; and a manifest that an earlier version of this program wrote with
   * fewer facts is replaced by this one, as the next version of the dataset. */
  TRY(send_shards(p, p->before.version, err));
  return finish(p, true, err);
}

static status get_before(putting *p, error *err) {
  manifest_destroy(p->before.content);
  p->before = (remote_dataset){.version = 0};
  return remote_dataset_get(p->link, p->name, &p->before, err);
}

/* Another client that appends at the same time may be first; then our files follow theirs. */
static status append(putting *p, error *err) {
  status st = STATUS_JOB;
  for (int i = 0; i < APPEND_TRIES && st == STATUS_JOB; i++) {
    if (i > 0) {
      TRY(get_before(p, err));
    }
    TRY(read_files(p, err));
    if (p->added == 0 && p->before.version > 0) {
      p->sent.version = p->before.version;
      return finish(p, true, err);
    }
    st = send_shards(p, p->before.version, err);
  }
  if (st == STATUS_JOB) {
    return error_set(err, st,
                     "dataset %s was changed by others during each of %d attempts; repeat this put later",
                     p->name, (int)APPEND_TRIES);
  }
  return st == STATUS_OK ? finish(p, false, err) : st;
}

/* ---- The subcommand ------------------------------------------------------------------------------ */

/* A file that is added every night must be known by a name. */
static status check_paths(const settings *s, const char *const *paths, size_t count, error *err) {
  for (size_t i = 0; s->append && i < count; i++) {
    if (strcmp(paths[i], "-") == 0) {
      return error_set(err, STATUS_USAGE,
                       "'put --append' does not read standard input: a dataset knows its files by name");
    }
  }
  return STATUS_OK;
}

static status put_steps(putting *p, const char *spec_path, error *err) {
  TRY(check_paths(p->e.settings, p->paths, p->count, err));
  TRY(evaluation_name_files(&p->e, p->paths, p->count, err));
  TRY(operands_check(p->paths - 1, p->count + 1, err)); /* and the specification before them */
  TRY(evaluation_load_spec(&p->e, spec_path, err));
  TRY(link_open(p->e.settings, &p->link, err));
  TRY(get_before(p, err));
  interrupt_prepare();
  return p->e.settings->append ? append(p, err) : put_new(p, err);
}

static status put(const settings *s, const char *const *operands, size_t count, error *err) {
  TRY(destination_check(s, operands + 1, count - 1, err));
  putting p = {.e = {.settings = s}, .name = operands[0], .paths = operands + 2, .count = count - 2};
  progress_init(&p.e.progress, s->quiet);
  const status st = put_steps(&p, operands[1], err);
  session_close(p.link);
  manifest_destroy(p.before.content);
  evaluation_fini(&p.e);
  return st;
}

const subcommand subcommand_put = {
    .name = "put",
    .summary = SAID("send survey files to the cluster; evaluate a dataset", "把调查文件送到集群；评价数据集",
                    "把調查檔案送到叢集；評價資料集"),
    .usage = "[OPTIONS] NAME SPEC DATA...",
    .about = SAID("Reads DATA as the specification SPEC says and makes them the dataset NAME.\n"
                  "Can be repeated after an interruption: only what is missing is sent.  With\n"
                  "--append, files that the dataset already has (same content, same name) are left\n"
                  "out.  A file's name is its base name; when several share one,\n"
                  "the directories that distinguish them belong to it: a/1.csv, b/1.csv.\n",
                  "按评价方案 SPEC 读取 DATA，成为数据集 NAME。\n"
                  "中断后可重复执行：只发送尚缺的部分。加 --append 时，数据集已有的文件\n"
                  "（内容与名称均相同）不再加入。文件以其基本名称记录；几个文件同名时，\n"
                  "加上能区分它们的目录：a/1.csv、b/1.csv。\n",
                  "依評價方案 SPEC 讀取 DATA，成為資料集 NAME。\n"
                  "中斷後可重複執行：只傳送尚缺的部分。加 --append 時，資料集已有的檔案\n"
                  "（內容與名稱均相同）不再加入。檔案以其基本名稱記錄；幾個檔案同名時，\n"
                  "加上能區分它們的目錄：a/1.csv、b/1.csv。\n"),
    .example =
        "canvass put airline survey.yaml answers.csv.gz\n"
        "canvass put airline survey.yaml 2026-11.csv --append\n",
    .details =
        "`--strict` refuses what can be seen without an evaluation: broken records, and copies of files.\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 3,
    .operands_max = SIZE_MAX,
    .operands_missing = "a dataset's name, a specification and at least one data file",
    .run = put,
};
