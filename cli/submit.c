/* canvass submit: a specification becomes a job over a dataset that the broker has.
 *
 * The plan is made here, so that mistakes are reported at once with their places. */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "cli/destination.h"
#include "cli/evaluation.h"
#include "cli/findings.h"
#include "cli/interrupt.h"
#include "cli/operands.h"
#include "cli/output.h"
#include "cli/remote_dataset.h"
#include "cli/remote_job.h"
#include "cli/rendering.h"
#include "cli/submission.h"
#include "proto/message.h"
#include "reading/raw.h"

enum { PRIORITY_MAX = 1000000, TIMEOUT_MAX = 1000000000 };

#define AT(member) offsetof(settings, member)

static const option options[] = {
    {'d', "dataset", "NAME", OPTION_TEXT, AT(dataset), 0, 0, NULL,
     SAID("the data, sent before with 'canvass put'", "数据集，先用 canvass put 发送",
          "資料集，先用 canvass put 傳送")},
    {0, "wait", NULL, OPTION_FLAG, AT(wait), 0, 0, NULL,
     SAID("wait, and print the report instead of the id", "等待完成，输出报告而不是编号",
          "等待完成，輸出報告而不是編號")},
    {0, "key", "KEY", OPTION_TEXT, AT(job_key), 0, 0, NULL,
     SAID("the same key means the same job; default: a new one", "键相同即同一作业；默认新建作业",
          "鍵相同即同一作業；預設新建作業")},
    {0, "priority", "P", OPTION_COUNT, AT(priority), 0, PRIORITY_MAX, NULL,
     SAID("larger goes first; default: 0", "数值大者优先；默认 0", "數值大者優先；預設 0")},
    {0, "timeout", "S", OPTION_COUNT, AT(timeout), 1, TIMEOUT_MAX, NULL,
     SAID("end the job when it is not done after S seconds", "S 秒后仍未完成则结束作业",
          "S 秒後仍未完成則結束作業")},
    {0, "rows", NULL, OPTION_FLAG, AT(rows), 0, 0, NULL,
     SAID("also make the rows that the specification asks for", "同时生成评价方案所列的行",
          "同時產生評價方案所列的列")},
    CODEBOOK_OPTION,
    RENDERING_OPTIONS,
    {0, "strict", NULL, OPTION_FLAG, AT(strict), 0, 0, NULL,
     SAID("with --wait: refuse what 'canvass run --strict' does",
          "与 --wait 合用：拒绝 canvass run --strict 所拒绝的",
          "與 --wait 合用：拒絕 canvass run --strict 所拒絕的")},
    LINK_OPTIONS,
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, NULL, SAID("no progress", "不显示进度", "不顯示進度")},
};

static status get_dataset(const settings *s, session *link, evaluation *e, uint64_t *version, error *err) {
  remote_dataset found;
  TRY(remote_dataset_get(link, s->dataset, &found, err));
  if (found.version == 0) {
    return error_set(err, STATUS_NOT_FOUND,
                     "there is no dataset '%s'; 'canvass datasets' lists them, 'canvass put' makes one",
                     s->dataset);
  }
  e->dataset = found.content;
  *version = found.version;
  return STATUS_OK;
}

/* The specification's own title, in the first language that it has; otherwise the name of its file. */
static const char *title_of(const plan *p, const char *path, char title[MESSAGE_TEXT_MAX + 1]) {
  for (int i = 0; i < LANGUAGES; i++) {
    const char *text = p->title.text[i];
    if (text != NULL && text[0] != '\0') {
      const size_t bytes = strlen(text);
      const size_t length = text_utf8_check(text, bytes < MESSAGE_TEXT_MAX ? bytes : MESSAGE_TEXT_MAX);
      memcpy(title, text, length);
      title[length] = '\0';
      return title;
    }
  }
  const char *last = strrchr(path, '/');
  return last == NULL ? path : last + 1;
}

static status hand_over(evaluation *e, session *link, const char *path, uint64_t version,
                        char id[SESSION_JOB_BYTES], error *err) {
  const settings *s = e->settings;
  char title[MESSAGE_TEXT_MAX + 1];
  submission parts;
  submission_init(&parts);
  status st = submission_encode(&parts, e->plan, NULL, err);
  parts.job.dataset = s->dataset;
  parts.job.version = version;
  parts.job.key = s->job_key;
  parts.job.priority = s->priority;
  parts.job.timeout_s = s->timeout;
  parts.job.title = title_of(e->plan, path, title);
  if (st == STATUS_OK) {
    st = session_submit(link, &parts.job, id, err);
  }
  submission_fini(&parts);
  return st;
}

/* A known key means that job, whatever priority and timeout are given this time. */
static void say_kept(const json *jobs, const settings *s, const char *id) {
  for (size_t i = json_count(jobs); i > 0; i--) {
    const json *job = json_at(jobs, i - 1);
    if (strcmp(json_as_cstring(json_get(job, "id")), id) != 0) {
      continue;
    }
    const int64_t priority = json_as_integer(json_get(job, "priority"));
    const json *timeout = json_get(job, "timeout"); /* NULL: it has none */
    if (s->priority != 0 && priority != s->priority) {
      output_complain(
          language_say("job %.8s already exists and keeps its priority, %" PRId64,
                       "作业 %.8s 已存在，优先级仍为 %" PRId64, "作業 %.8s 已存在，優先順序仍為 %" PRId64),
          id, priority);
    }
    if (s->timeout != 0 && timeout == NULL) {
      output_complain(
          language_say("job %.8s already exists and stays without a timeout; 'canvass cancel %.8s' ends it",
                       "作业 %.8s 已存在，仍无时限；可用 canvass cancel %.8s 结束",
                       "作業 %.8s 已存在，仍無時限；可用 canvass cancel %.8s 結束"),
          id, id);
    } else if (s->timeout != 0 && json_as_integer(timeout) != s->timeout) {
      output_complain(language_say("job %.8s already exists and keeps its timeout, %" PRId64 " s",
                                   "作业 %.8s 已存在，时限仍为 %" PRId64 " 秒",
                                   "作業 %.8s 已存在，時限仍為 %" PRId64 " 秒"),
                      id, json_as_integer(timeout));
    }
    return;
  }
}

static status check_kept(const settings *s, session *link, const char *id, error *err) {
  if (s->job_key == NULL || (s->priority == 0 && s->timeout == 0) || s->quiet) {
    return STATUS_OK;
  }
  buf text;
  buf_init(&text);
  arena *memory = arena_new();
  json *document = NULL;
  status st =
      memory == NULL ? error_no_memory(err, "the list of jobs") : session_list(link, "jobs", &text, err);
  if (st == STATUS_OK) {
    st = json_parse(memory, (slice){(const char *)text.data, text.length}, "the broker's list", &document,
                    err);
  }
  if (st == STATUS_OK) {
    say_kept(json_get(document, "jobs"), s, id);
  }
  arena_destroy(memory);
  buf_fini(&text);
  return st;
}

/* The job exists, even when this cannot be printed. */
static void say_made(const settings *s, const char *id) {
  if (s->job_key != NULL) {
    output_complain(language_say("job %s was made anyway; submitting again with --key %s finds it",
                                 "作业 %s 已建立；以 --key %s 再次提交即可找到它",
                                 "作業 %s 已建立；以 --key %s 再次提交即可找到它"),
                    id, s->job_key);
  } else {
    output_complain(
        language_say(
            "job %s was made anyway; submitting again makes another (with --key it would find this one)",
            "作业 %s 已建立；再次提交会另建一个（用 --key 则会找到它）",
            "作業 %s 已建立；再次提交會另建一個（用 --key 則會找到它）"),
        id);
  }
}

static status print_id(const settings *s, const char *id, error *err) {
  buf line;
  buf_init(&line);
  buf_printf(&line, "%s\n", id);
  status st = buf_status(&line, "the job's id", err);
  if (st == STATUS_OK) {
    st = output_write(NULL, &line, err);
  }
  if (st != STATUS_OK) {
    say_made(s, id);
  }
  buf_fini(&line);
  return st;
}

static status wait_for_report(const evaluation *e, session *link, const char *id, error *err) {
  const settings *s = e->settings;
  interrupt_prepare(); /* once the id is read an interruption may follow, which must print how to return */
  output_complain(language_say("job %s", "作业 %s", "作業 %s"), id);
  buf report;
  buf_init(&report);
  status st = remote_job_wait(s, link, id, &report, err);
  if (st == STATUS_OK) {
    st = findings_judge(e, &report, err);
  }
  if (st == STATUS_OK) {
    st = rendering_write(s, &report, err);
    if (st == STATUS_IO && !output_is_unread()) {
      output_complain(language_say("job %.8s is done anyway: 'canvass report %.8s' prints its report",
                                   "作业 %.8s 已完成：可用 canvass report %.8s 输出报告",
                                   "作業 %.8s 已完成：可用 canvass report %.8s 輸出報告"),
                      id, id);
    }
  }
  buf_fini(&report);
  return st;
}

static status submit_steps(evaluation *e, session *link, const char *path, error *err) {
  char id[SESSION_JOB_BYTES];
  uint64_t version = 0;
  TRY(get_dataset(e->settings, link, e, &version, err));
  if (e->settings->strict) {
    TRY(evaluation_judge_files(e, 0, err));
  }
  TRY(evaluation_make_plan(e, err));
  TRY(rendering_check(e->settings, e->plan, err));
  TRY(hand_over(e, link, path, version, id, err));
  const status st = check_kept(e->settings, link, id, err);
  if (st != STATUS_OK) {
    say_made(e->settings, id);
    return st;
  }
  return e->settings->wait ? wait_for_report(e, link, id, err) : print_id(e->settings, id, err);
}

static status submit(const settings *s, const char *const *operands, size_t count, error *err) {
  if (s->dataset == NULL) {
    return error_set(err, STATUS_USAGE, "'submit' needs --dataset NAME; 'canvass datasets' lists them");
  }
  if (s->strict && !s->wait) {
    return error_set(
        err, STATUS_USAGE,
        "--strict judges the report, which only --wait waits for; 'canvass report JOB' does not");
  }
  TRY(destination_check(s, operands, count, err));
  evaluation e = {.settings = s};
  session *link = NULL;
  status st = operands_check(operands, count, err);
  if (st == STATUS_OK) {
    st = evaluation_load_spec(&e, operands[0], err);
  }
  if (st == STATUS_OK) {
    st = link_open(s, &link, err);
  }
  if (st == STATUS_OK) {
    st = submit_steps(&e, link, raw_title(operands[0]), err);
  }
  session_close(link);
  evaluation_fini(&e);
  return st;
}

const subcommand subcommand_submit = {
    .name = "submit",
    .summary = SAID("send survey files to the cluster; evaluate a dataset", "把调查文件送到集群；评价数据集",
                    "把調查檔案送到叢集；評價資料集"),
    .usage = "[OPTIONS] SPEC --dataset NAME",
    .about = SAID("Prints the id of a new job; with --wait its report, and Ctrl-C leaves the job.\n",
                  "输出新作业的编号；加 --wait 时输出报告，Ctrl-C 不影响作业。\n",
                  "輸出新作業的編號；加 --wait 時輸出報告，Ctrl-C 不影響作業。\n"),
    .example = "canvass submit survey.yaml --dataset airline --key night-42 --wait -o it.txt\n",
    .details =
        "A `--key` that is known already means that job, whatever priority and timeout are given this time: "
        "a script "
        "may submit again when it does not know whether it did.\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a specification",
    .run = submit,
};
