/* How a subcommand finds its broker: endpoint and keys from options and environment, and a session with it.
 */
#ifndef CANVASS_CLI_LINK_H
#define CANVASS_CLI_LINK_H

#include "cli/subcommand.h"
#include "client/session.h"

typedef struct link_address {
  const char *endpoint; /* borrowed */
  bool has_keys;
  key_pair own, broker;
} link_address;

/* --broker or $CANVASS_BROKER; --identity or $CANVASS_IDENTITY; --broker-key or $CANVASS_BROKER_KEY.
 * STATUS_USAGE names the one that is missing or does not match. */
status link_address_of(const settings *s, link_address *out, error *err) MUST_USE;
/* The key files that options and environment name, whether they exist or not; returns how many. */
enum { LINK_FILES_MAX = 2 };
size_t link_files(const settings *s, const char *files[LINK_FILES_MAX]);
/* Waits for the broker for some seconds, or for $CANVASS_PATIENCE; reports it when that takes long. */
status link_open(const settings *s, session **out, error *err) MUST_USE;
/* " --broker ipc:///run/canvass/socket": the options that were given, to be repeated in advice. */
void link_options_text(const settings *s, buf *out);

/* The options of every client subcommand: rows for its table. */
#define LINK_OPTIONS                                                                                     \
  {'b',                                                                                                  \
   "broker",                                                                                             \
   "ENDPOINT",                                                                                           \
   OPTION_TEXT,                                                                                          \
   offsetof(settings, broker),                                                                           \
   0,                                                                                                    \
   0,                                                                                                    \
   NULL,                                                                                                 \
   SAID("the broker; default: $CANVASS_BROKER", "调度程序；默认 $CANVASS_BROKER",                        \
        "調度程式；預設 $CANVASS_BROKER")},                                                              \
      {0,                                                                                                \
       "identity",                                                                                       \
       "FILE",                                                                                           \
       OPTION_TEXT,                                                                                      \
       offsetof(settings, identity),                                                                     \
       0,                                                                                                \
       0,                                                                                                \
       NULL,                                                                                             \
       SAID("your pair of keys; default: $CANVASS_IDENTITY", "自己的密钥对；默认 $CANVASS_IDENTITY",     \
            "自己的金鑰對；預設 $CANVASS_IDENTITY")},                                                    \
  {                                                                                                      \
    0, "broker-key", "KEY", OPTION_TEXT, offsetof(settings, broker_key), 0, 0, NULL,                     \
        SAID("its public key or file; default: $CANVASS_BROKER_KEY",                                     \
             "其公钥或公钥文件；默认 $CANVASS_BROKER_KEY", "其公鑰或公鑰檔案；預設 $CANVASS_BROKER_KEY") \
  }

/* Of what ends a job or removes a dataset: neighbours of the same summary share a line of the overview. */
#define LINK_ENDING_SUMMARY \
  SAID("end a job; remove a dataset", "结束作业；删除数据集", "結束作業；刪除資料集")

#endif
