/* canvass run: files and a specification in, the report out. */
#include "cli/destination.h"
#include "cli/findings.h"
#include "cli/interrupt.h"
#include "cli/local_job.h"
#include "cli/operands.h"
#include "cli/output.h"
#include "cli/rendering.h"
#include "cli/words.h"
#include "store/shard.h"

enum { WORKERS_MAX = 256, CACHE_MIB_MIN = 1 };

#define AT(member) offsetof(settings, member)

static const option options[] = {
    {'w', "workers", "N", OPTION_COUNT, AT(workers), 1, WORKERS_MAX, NULL,
     SAID("worker threads; default: one per processor", "工作线程数；默认每个处理器一个",
          "工作執行緒數；預設每個處理器一個")},
    {0, "shard-rows", "N", OPTION_COUNT, AT(shard_rows), 1, SHARD_ROWS_MAX, NULL,
     SAID("rows per shard; default: 65536; the report is the same", "每个分片的行数；默认 65536；不影响报告",
          "每個分片的列數；預設 65536；不影響報告")},
    {0, "store", "DIR", OPTION_TEXT, AT(store), 0, 0, NULL,
     SAID("keep data and statistics there, compute what is new", "数据与统计量保存于此，之后只计算新的部分",
          "資料與統計量存放於此，之後只計算新的部分")},
    {0, "cache-bytes", "N", OPTION_BYTES, AT(cache_bytes), CACHE_MIB_MIN, 0, NULL,
     SAID("how much --store keeps, such as 500M; default: 16G", "--store 的容量，如 500M；默认 16G",
          "--store 的容量，如 500M；預設 16G")},
    {0, "network-store", NULL, OPTION_FLAG, AT(network_store), 0, 0, NULL,
     SAID("allow --store on a network file system", "允许 --store 位于网络文件系统",
          "允許 --store 位於網路檔案系統")},
    CODEBOOK_OPTION,
    RENDERING_OPTIONS,
    {0, "strict", NULL, OPTION_FLAG, AT(strict), 0, 0, NULL,
     SAID("refuse broken rows, invalid answers or weights, copies",
          "拒绝损坏的行、无效的答案或权重、重复的文件", "拒絕損壞的列、無效的答案或權重、重複的檔案")},
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, NULL, SAID("no progress", "不显示进度", "不顯示進度")},
};

static void say_what_was_new(const settings *s, const session_progress *last) {
  if (s->store == NULL || s->quiet) {
    return;
  }
  char computed[WORDS_BYTES];
  char total[WORDS_BYTES];
  words_of_count(last->states_computed, computed);
  words_of_count(last->states_computed + last->states_cached, total);
  if (last->states_cached > 0) {
    output_complain(
        language_say("computed %s of %s partial statistics, the rest came from %s",
                     "部分统计量：计算 %s / %s，其余来自 %s", "部分統計量：計算 %s / %s，其餘來自 %s"),
        computed, total, s->store);
  } else {
    output_complain(
        language_say("computed %s of %s partial statistics, now kept in %s",
                     "部分统计量：计算 %s / %s，已保存于 %s", "部分統計量：計算 %s / %s，已存放於 %s"),
        computed, total, s->store);
  }
}

/* ---- The subcommand ------------------------------------------------------------------------------ */

static status run_steps(evaluation *e, const char *const *operands, size_t count, buf *report, error *err) {
  TRY(destination_check(e->settings, operands, count, err));
  TRY(operands_check(operands, count, err));
  TRY(evaluation_load_spec(e, operands[0], err));
  TRY(evaluation_load_data(e, operands + 1, count - 1, err));
  TRY(evaluation_judge_files(e, 0, err));
  TRY(evaluation_make_plan(e, err));
  TRY(rendering_check(e->settings, e->plan, err));
  session_progress last = {0};
  TRY(local_job_run(e, operands + 1, count - 1, NULL, report, &last, err));
  say_what_was_new(e->settings, &last);
  TRY(findings_judge(e, report, err));
  return rendering_write(e->settings, report, err);
}

static status run(const settings *s, const char *const *operands, size_t count, error *err) {
  interrupt_prepare();
  evaluation e = {.settings = s};
  progress_init(&e.progress, s->quiet);
  buf report;
  buf_init(&report);
  status st = run_steps(&e, operands, count, &report, err);
  buf_fini(&report);
  evaluation_fini(&e);
  return st;
}

const subcommand subcommand_run = {
    .name = "run",
    .summary = EVALUATION_SUMMARY,
    .usage = "[OPTIONS] SPEC DATA...",
    .about = SAID("Reads survey files as the specification SPEC says and prints a report.\n"
                  "DATA: survey files, also .gz and .zst, as one dataset; - is standard input.\n",
                  "按评价方案 SPEC 读取调查文件并输出报告。\n"
                  "DATA：调查文件，也可为 .gz、.zst，合为一个数据集；- 为标准输入。\n",
                  "依評價方案 SPEC 讀取調查檔案並輸出報告。\n"
                  "DATA：調查檔案，也可為 .gz、.zst，合為一個資料集；- 為標準輸入。\n"),
    .example =
        "canvass run survey.yaml answers.csv\n"
        "canvass run survey.yaml 2024.csv.gz 2025.csv.gz --format json -o report.json\n"
        "canvass run survey.yaml 2024.csv.gz 2025.csv.gz --store /var/tmp/surveys\n",
    .details =
        "`--strict` makes an error (exit status 4) of broken records, invalid answers, rows without a usable "
        "weight, "
        "copies of files, files of platforms that contradict each other, and an encoding that does not suit "
        "a file.  "
        "Without it they are counted, and the report names the first places.\n"
        "\n"
        "With `--store` shards and partial statistics are kept in DIR.  The next run computes only what is "
        "new, and "
        "its report has the bytes of a run without a store.  A store belongs to one process at a time.\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 2,
    .operands_max = SIZE_MAX,
    .operands_missing = "a specification and at least one data file",
    .run = run,
};
