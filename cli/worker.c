/* canvass worker: computes for a broker until SIGTERM or Ctrl-C.  The first signal lets it finish running
 * tasks and deliver them; the second ends it at once.  It waits for an absent broker. */
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "cli/interrupt.h"
#include "cli/link.h"
#include "cli/output.h"
#include "cli/subcommand.h"
#include "worker/worker.h"

enum { THREADS_MAX = 256, CACHE_MIB_MIN = 1, LOOK_MS = 500 };

#define AT(member) offsetof(settings, member)

static const option options[] = {
    LINK_OPTIONS,
    {0, "store", "DIR", OPTION_TEXT, AT(store), 0, 0, NULL,
     SAID("where shards and statistics are kept", "保存分片与统计量的目录", "存放分片與統計量的目錄")},
    {0, "threads", "N", OPTION_COUNT, AT(threads), 1, THREADS_MAX, NULL,
     SAID("tasks computed at a time; default: one per processor", "同时计算的任务数；默认每个处理器一个",
          "同時計算的任務數；預設每個處理器一個")},
    {0, "cache-bytes", "N", OPTION_BYTES, AT(cache_bytes), CACHE_MIB_MIN, 0, NULL,
     SAID("how much --store keeps, such as 500M; default: 16G", "--store 的容量，如 500M；默认 16G",
          "--store 的容量，如 500M；預設 16G")},
    {0, "network-store", NULL, OPTION_FLAG, AT(network_store), 0, 0, NULL,
     SAID("allow --store on a network file system", "允许 --store 位于网络文件系统",
          "允許 --store 位於網路檔案系統")},
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, NULL, SAID("no log", "不写日志", "不寫日誌")},
};

typedef struct service {
  const settings *settings;
  link_address address;
  store *shards;
  void *context;
  worker *worker;
} service;

static void say(void *context, const char *line) {
  const service *s = context;
  if (!s->settings->quiet) {
    output_log(line);
  }
}

static unsigned threads_of(const settings *s) {
  if (s->threads > 0) {
    return s->threads;
  }
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  return processors < 1 ? 1 : processors > THREADS_MAX ? THREADS_MAX : (unsigned)processors;
}

static status open_store(service *s, error *err) {
  if (s->settings->store == NULL) {
    return error_set(err, STATUS_USAGE,
                     "a worker needs --store DIR, its own directory where it keeps what it fetches and "
                     "computes");
  }
  const store_options kept = {.cache_bytes = s->settings->cache_bytes,
                              .network_allowed = s->settings->network_store,
                              .warn = say,
                              .context = s};
  return store_open(s->settings->store, &kept, &s->shards, err);
}

/* Only the main thread takes signals: threads made here inherit a full mask. */
static status start_worker(service *s, error *err) {
  const link_address *a = &s->address;
  s->context = zmq_ctx_new();
  if (s->context == NULL) {
    return error_set(err, STATUS_IO, "cannot start messaging: %s", zmq_strerror(errno));
  }
  const worker_options wanted = {.zmq_context = s->context,
                                 .endpoint = a->endpoint,
                                 .shards = s->shards,
                                 .threads = threads_of(s->settings),
                                 .key = a->has_keys ? &a->own : NULL,
                                 .broker_key = a->has_keys ? a->broker.public_key : NULL,
                                 .say = say,
                                 .context = s};
  sigset_t all;
  sigset_t before;
  (void)sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &before);
  const status st = worker_start(&wanted, &s->worker, err);
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  return st;
}

/* A signal ends the sleep early. */
static void sleep_ms(long ms) {
  const struct timespec wanted = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
  (void)nanosleep(&wanted, NULL);
}

static status serve(service *s, error *err) {
  while (!interrupt_requested()) {
    TRY(worker_problem(s->worker, err));
    sleep_ms(LOOK_MS);
  }
  say(s, "stopping: running tasks are finished first; signal again to stop at once");
  while (!worker_drain(s->worker, LOOK_MS)) {
    TRY(worker_problem(s->worker, err));
  }
  say(s, "stopped");
  return STATUS_OK;
}

static status run_steps(service *s, error *err) {
  TRY(link_address_of(s->settings, &s->address, err));
  TRY(open_store(s, err));
  TRY(start_worker(s, err));
  return serve(s, err);
}

static status run(const settings *wanted, const char *const *operands, size_t count, error *err) {
  (void)operands;
  (void)count;
  service s = {.settings = wanted};
  interrupt_prepare();
  const status st = run_steps(&s, err);
  worker_stop(s.worker);
  if (s.context != NULL) {
    (void)zmq_ctx_term(s.context);
  }
  store_destroy(s.shards);
  return st;
}

const subcommand subcommand_worker = {
    .name = "worker",
    .summary = SAID("compute for a broker", "为调度程序计算", "為調度程式計算"),
    .usage = "--broker ENDPOINT --store DIR [OPTIONS]",
    .about = SAID("Joins a broker and computes tasks until it is stopped.  Any number of workers\n"
                  "may join and leave.  DIR belongs to this worker alone: what is fetched and\n"
                  "computed is kept there for the next job.  It takes two tasks per thread, so that\n"
                  "the next one is there when one is done.  SIGTERM or Ctrl-C lets it finish\n"
                  "running tasks; a second one stops it at once.\n",
                  "加入调度程序并计算任务，直到被停止。工作程序可任意加入和离开，数量不限。\n"
                  "DIR 只属于这一个工作程序：取得与算出的内容留给下一个作业。每个线程接两个\n"
                  "任务，以便一个完成时下一个已就绪。收到 SIGTERM 或 Ctrl-C 时先完成正在运行\n"
                  "的任务；再次收到则立即停止。\n",
                  "加入調度程式並計算任務，直到被停止。工作程式可任意加入和離開，數量不限。\n"
                  "DIR 只屬於這一個工作程式：取得與算出的內容留給下一個作業。每個執行緒接兩個\n"
                  "任務，以便一個完成時下一個已就緒。收到 SIGTERM 或 Ctrl-C 時先完成正在執行\n"
                  "的任務；再次收到則立即停止。\n"),
    .example =
        "canvass worker --broker ipc:///run/canvass/socket --store /var/cache/canvass\n"
        "canvass worker --broker tcp://10.0.0.5:7117 --store /scratch/canvass \\\n"
        "    --threads 16 --identity anna.key --broker-key broker.key.pub\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 0,
    .operands_max = 0,
    .run = run,
};
