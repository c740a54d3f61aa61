/* canvass score: files and a specification in, the rows that it asks for out. */
#include "cli/destination.h"
#include "cli/findings.h"
#include "cli/interrupt.h"
#include "cli/local_job.h"
#include "cli/operands.h"
#include "cli/rows_file.h"
#include "store/shard.h"

enum { WORKERS_MAX = 256, CACHE_MIB_MIN = 1 };

#define AT(member) offsetof(settings, member)

static const option options[] = {
    ROWS_OPTIONS,
    {'w', "workers", "N", OPTION_COUNT, AT(workers), 1, WORKERS_MAX, NULL,
     SAID("worker threads; default: one per processor", "工作线程数；默认每个处理器一个",
          "工作執行緒數；預設每個處理器一個")},
    {0, "shard-rows", "N", OPTION_COUNT, AT(shard_rows), 1, SHARD_ROWS_MAX, NULL,
     SAID("rows per shard; default: 65536; the rows are the same", "每个分片的行数；默认 65536；不影响结果",
          "每個分片的列數；預設 65536；不影響結果")},
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
    {0, "strict", NULL, OPTION_FLAG, AT(strict), 0, 0, NULL,
     SAID("refuse broken rows, invalid answers or weights, copies",
          "拒绝损坏的行、无效的答案或权重、重复的文件", "拒絕損壞的列、無效的答案或權重、重複的檔案")},
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, NULL, SAID("no progress", "不显示进度", "不顯示進度")},
};

/* While broker and workers are there: what the report finds wrong comes before the rows. */
static status take_rows(void *context, session *link, const char *job, const buf *report, error *err) {
  const evaluation *e = context;
  TRY(findings_judge(e, report, err));
  return rows_file_write(e->settings, link, job, err);
}

static status score_steps(evaluation *e, const char *const *operands, size_t count, error *err) {
  TRY(rows_file_check(e->settings, err));
  TRY(destination_check(e->settings, operands, count, err));
  TRY(operands_check(operands, count, err));
  TRY(evaluation_load_spec(e, operands[0], err));
  TRY(evaluation_load_data(e, operands + 1, count - 1, err));
  TRY(evaluation_judge_files(e, 0, err));
  TRY(evaluation_make_plan(e, err));
  const local_job_ending rows = {take_rows, e};
  buf report;
  buf_init(&report);
  const status st = local_job_run(e, operands + 1, count - 1, &rows, &report, NULL, err);
  buf_fini(&report);
  return st;
}

static status score(const settings *s, const char *const *operands, size_t count, error *err) {
  interrupt_prepare();
  settings own = *s;
  own.rows = true;
  evaluation e = {.settings = &own};
  progress_init(&e.progress, s->quiet || s->json);
  const status st = score_steps(&e, operands, count, err);
  evaluation_fini(&e);
  return st;
}

const subcommand subcommand_score = {
    .name = "score",
    .summary = EVALUATION_SUMMARY,
    .usage = "[OPTIONS] SPEC DATA...",
    .about = SAID("Evaluates survey files as 'canvass run' does, and writes a CSV file with a line for\n"
                  "each row: what `rows` in the specification SPEC asks for, and nothing else.\n"
                  "DATA: survey files, also .gz and .zst, as one dataset; - is standard input.\n",
                  "与 canvass run 一样评价调查文件，并写出 CSV 文件，每行数据一行：\n"
                  "只含评价方案 SPEC 的 `rows` 所列的内容。\n"
                  "DATA：调查文件，也可为 .gz、.zst，合为一个数据集；- 为标准输入。\n",
                  "與 canvass run 一樣評價調查檔案，並寫出 CSV 檔案，每列資料一列：\n"
                  "只含評價方案 SPEC 的 `rows` 所列的內容。\n"
                  "DATA：調查檔案，也可為 .gz、.zst，合為一個資料集；- 為標準輸入。\n"),
    .example =
        "canvass score survey.yaml answers.csv -o rows.csv\n"
        "canvass score survey.yaml 2024.csv.gz 2025.csv.gz -o rows.csv --json\n",
    .details =
        "The lines are in the order of the files.  Rows that cannot be read have none; their number is told, "
        "as "
        "by `canvass run`.\n"
        "\n"
        "What is written does not depend on the number of workers or the size of shards, and is the same as "
        "`canvass rows` fetches from a cluster.\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 2,
    .operands_max = SIZE_MAX,
    .operands_missing = "a specification and at least one data file",
    .run = score,
};
