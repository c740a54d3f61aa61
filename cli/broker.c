/* canvass broker: serves until SIGTERM or Ctrl-C.  A separate thread takes signals, so that the broker's
 * thread is never interrupted: the first one ends the broker cleanly, a second one at once;
 * SIGHUP reads the list of keys again. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

#include "broker/broker.h"
#include "cli/intercept.h"
#include "cli/output.h"
#include "cli/subcommand.h"
#include "proto/endpoint.h"

enum { LINE_BYTES = 512, LOSSES_MAX = 1000000, SIGNALLED = 128 };

#define AT(member) offsetof(settings, member)

static const option options[] = {
    {0, "listen", "ENDPOINT", OPTION_TEXTS, AT(listen), 0, 0, NULL,
     SAID("ipc://PATH or tcp://ADDRESS:PORT; may be repeated", "ipc://路径 或 tcp://地址:端口；可重复",
          "ipc://路徑 或 tcp://位址:連接埠；可重複")},
    {0, "store", "DIR", OPTION_TEXT, AT(store), 0, 0, NULL,
     SAID("where datasets and jobs are kept", "保存数据集与作业的目录", "存放資料集與作業的目錄")},
    {0, "identity", "FILE", OPTION_TEXT, AT(identity), 0, 0, NULL,
     SAID("the broker's pair of keys; default: $CANVASS_IDENTITY", "调度程序的密钥对；默认 $CANVASS_IDENTITY",
          "調度程式的金鑰對；預設 $CANVASS_IDENTITY")},
    {0, "allow", "FILE", OPTION_TEXT, AT(allow), 0, 0, NULL,
     SAID("the list of allowed keys", "允许的密钥清单", "允許的金鑰清單")},
    {0, "network-store", NULL, OPTION_FLAG, AT(network_store), 0, 0, NULL,
     SAID("allow --store on a network file system", "允许 --store 位于网络文件系统",
          "允許 --store 位於網路檔案系統")},
    {0, "losses", "N", OPTION_COUNT, AT(losses), 1, LOSSES_MAX, NULL,
     SAID("lost workers that make a task suspect; default: 3", "失去几个工作程序后视任务为可疑；默认 3",
          "失去幾個工作程式後視任務為可疑；預設 3")},
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, NULL, SAID("no log", "不写日志", "不寫日誌")},
};

/* A list of keys that the broker uses or has used: they are freed at the end. */
typedef struct list_read {
  key_list *list;
  struct list_read *before;
} list_read;

typedef struct service {
  const settings *settings;
  key_pair key;
  list_read *lists; /* the newest first; after the start only the signal thread uses them */
  void *context;
  broker *broker;
  sigset_t signals;
  pthread_t thread;
  bool has_thread;
} service;

/* ---- The log ------------------------------------------------------------------------------------- */

static void say(void *context, const char *line) {
  const service *s = context;
  if (!s->settings->quiet) {
    output_log(line);
  }
}

/* ---- Keys ---------------------------------------------------------------------------------------- */

static status read_list(service *s, error *err) {
  list_read *next = calloc(1, sizeof *next);
  if (next == NULL) {
    return error_no_memory(err, "the list of keys");
  }
  const status st = key_list_read(s->settings->allow, &next->list, err);
  if (st != STATUS_OK) {
    free(next);
    return st;
  }
  next->before = s->lists;
  s->lists = next;
  return STATUS_OK;
}

static status read_keys(service *s, error *err) {
  const char *identity = s->settings->identity != NULL ? s->settings->identity : getenv("CANVASS_IDENTITY");
  if (s->settings->allow == NULL && s->settings->identity != NULL) {
    return error_set(err, STATUS_USAGE, "--identity needs --allow FILE, the list of allowed keys");
  }
  if (s->settings->allow == NULL) {
    return STATUS_OK;
  }
  if (identity == NULL || identity[0] == '\0') {
    return error_set(err, STATUS_USAGE,
                     "--allow needs --identity FILE, the broker's pair of keys; 'canvass keygen' makes one");
  }
  TRY(key_pair_read(identity, &s->key, err));
  return read_list(s, err);
}

/* ---- Signals ------------------------------------------------------------------------------------- */

static void read_list_again(service *s) {
  error why;
  if (s->settings->allow == NULL) {
    say(s, "SIGHUP: there is no list of keys to read again");
  } else if (read_list(s, &why) != STATUS_OK) {
    error_context(&why, why.code, "the list of keys stays unchanged");
    output_log(why.message); /* an error: --quiet does not hide it */
  } else {
    broker_allow(s->broker, s->lists->list);
  }
}

/* Ends with SIGUSR1, which the main thread sends when the broker has ended. */
static void *take_signals(void *argument) {
  service *s = argument;
  bool is_stopping = false;
  for (int number = 0; sigwait(&s->signals, &number) == 0 && number != SIGUSR1;) {
    if (number == SIGHUP) {
      read_list_again(s);
    } else if (is_stopping) {
      _exit(SIGNALLED + number);
    } else {
      is_stopping = true;
      say(s, "stopping");
      broker_stop(s->broker);
    }
  }
  return NULL;
}

/* Blocked here, they are blocked in all threads that begin later.  Ctrl-C stays ignored where a shell
 * ignores it for background jobs. */
static void block_signals(service *s) {
  static const int numbers[] = {SIGTERM, SIGHUP, SIGUSR1};
  struct sigaction before;
  (void)sigemptyset(&s->signals);
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    (void)sigaddset(&s->signals, numbers[i]);
  }
  if (sigaction(SIGINT, NULL, &before) != 0 || before.sa_handler != SIG_IGN) {
    (void)sigaddset(&s->signals, SIGINT);
  }
  (void)pthread_sigmask(SIG_BLOCK, &s->signals, NULL);
}

/* Each peer is a descriptor; a soft limit of 1,024 is usual and too small for a cluster. */
static void raise_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* on failure it stays unchanged */
  }
}

/* ---- Serving ------------------------------------------------------------------------------------- */

static status start(service *s, error *err) {
  s->context = zmq_ctx_new();
  if (s->context == NULL) {
    return error_set(err, STATUS_IO, "cannot start messaging");
  }
  const broker_options wanted = {
      .zmq_context = s->context,
      .endpoints = s->settings->listen.at,
      .endpoints_count = s->settings->listen.count,
      .directory = s->settings->store,
      .network_allowed = s->settings->network_store,
      .losses_max = s->settings->losses,
      .key = s->lists != NULL ? &s->key : NULL,
      .allowed = s->lists != NULL ? s->lists->list : NULL,
      .say = say,
      .context = s,
  };
  TRY(broker_new(&wanted, &s->broker, err));
  if (pthread_create(&s->thread, NULL, take_signals, s) != 0) {
    return error_set(err, STATUS_NO_MEMORY, "cannot start the thread that waits for signals");
  }
  s->has_thread = true;
  return STATUS_OK;
}

static void say_where(service *s) {
  for (size_t i = 0; i < s->settings->listen.count; i++) {
    char line[LINE_BYTES];
    (void)snprintf(line, sizeof line, "listening at %s", broker_endpoint(s->broker, i));
    say(s, line);
  }
}

static void finish(service *s) {
  if (s->has_thread) {
    (void)pthread_kill(s->thread, SIGUSR1);
    (void)pthread_join(s->thread, NULL);
  }
  broker_destroy(s->broker);
  if (s->context != NULL) {
    (void)zmq_ctx_term(s->context);
  }
  while (s->lists != NULL) {
    list_read *before = s->lists->before;
    key_list_destroy(s->lists->list);
    free(s->lists);
    s->lists = before;
  }
}

static status serve(const settings *chosen, const char *const *operands, size_t count, error *err) {
  (void)operands;
  (void)count;
  service s = {.settings = chosen};
  if (chosen->listen.count == 0 || chosen->store == NULL) {
    return error_set(err, STATUS_USAGE, "'broker' needs %s; see 'canvass help broker'",
                     chosen->store == NULL ? "--store DIR" : "--listen ENDPOINT");
  }
  for (size_t i = 0; i < chosen->listen.count; i++) {
    TRY(endpoint_check(chosen->listen.at[i], ENDPOINT_LISTEN, err));
  }
  block_signals(&s);
  raise_descriptors();
  status st = read_keys(&s, err);
  if (st == STATUS_OK) {
    st = intercept_begin(err);
  }
  if (st == STATUS_OK) {
    st = start(&s, err);
  }
  if (st == STATUS_OK) {
    say_where(&s);
    st = broker_run(s.broker, err);
  }
  finish(&s);
  return st;
}

const subcommand subcommand_broker = {
    .name = "broker",
    .summary = SAID("serve a cluster: keep data and jobs, assign tasks", "服务集群：保存数据与作业，分派任务",
                    "服務叢集：存放資料與作業，分派任務"),
    .usage = "--listen ENDPOINT --store DIR [OPTIONS]",
    .about = SAID("Serves clients and workers until SIGTERM or Ctrl-C.  Everything that was\n"
                  "acknowledged is in DIR: after a restart it goes on where it stopped.\n"
                  "An endpoint that other machines can reach needs keys: --identity, --allow.\n"
                  "The list of keys is read again after SIGHUP.\n",
                  "服务客户端与工作程序，直到收到 SIGTERM 或 Ctrl-C。凡已确认的都在 DIR 中：\n"
                  "重新启动后从停下处继续。\n"
                  "其他机器可到达的端点需要密钥：--identity、--allow。\n"
                  "收到 SIGHUP 后重新读取密钥清单。\n",
                  "服務用戶端與工作程式，直到收到 SIGTERM 或 Ctrl-C。凡已確認的都在 DIR 中：\n"
                  "重新啟動後從停下處繼續。\n"
                  "其他機器可到達的端點需要金鑰：--identity、--allow。\n"
                  "收到 SIGHUP 後重新讀取金鑰清單。\n"),
    .example =
        "canvass broker --listen ipc:///run/canvass/socket --store /var/lib/canvass\n"
        "canvass broker --listen 'tcp://*:7117' --store /var/lib/canvass \\\n"
        "    --identity broker.key --allow allowed\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 0,
    .operands_max = 0,
    .operands_missing = "",
    .run = serve,
};
