/* canvass keygen: a pair of keys for a broker, a worker or a client, and the line that allows it. */
#include <string.h>

#include "cli/output.h"
#include "cli/subcommand.h"
#include "proto/keys.h"
#include "proto/message.h"

/* The choices of --role and their roles: by index. */
static const char *const role_names[] = {"client", "worker", "both", NULL};
static const unsigned roles[] = {WAY_CLIENT, WAY_WORKER, WAY_CLIENT | WAY_WORKER};

static const option options[] = {
    {0, "role", "ROLE", OPTION_CHOICE, offsetof(settings, role), 0, 0, role_names,
     SAID("print a line for the list: client, worker, both", "输出清单中的一行：client、worker 或 both",
          "輸出清單中的一行：client、worker 或 both")},
};

/* "keys/anna.key" is called anna. */
static void name_of(const char *path, buf *title) {
  const char *slash = strrchr(path, '/');
  const slice name = slice_of(slash != NULL ? slash + 1 : path);
  static const char ending[] = ".key";
  const size_t cut = sizeof ending - 1;
  const bool has_ending = name.length > cut && memcmp(name.bytes + name.length - cut, ending, cut) == 0;
  buf_put(title, name.bytes, has_ending ? name.length - cut : name.length);
  buf_put_u8(title, '\0');
}

static status make(const settings *s, const char *path, key_pair *k, buf *title, buf *answer, error *err) {
  name_of(path, title);
  TRY(buf_status(title, "the key's title", err));
  const char *name = (const char *)title->data;
  TRY(key_pair_new(k, err));
  TRY(key_pair_write(k, path, name, err));
  if (s->role >= 0) {
    key_list_put(answer, roles[s->role], k, name);
  } else {
    buf_printf(answer, "%s\n", k->public_key);
  }
  TRY(buf_status(answer, "the answer", err));
  const status st = output_write(NULL, answer, err);
  if (st != STATUS_OK) {
    output_complain(language_say("the keys were made anyway: the public one is in %s.pub",
                                 "密钥已生成：公钥在 %s.pub 中", "金鑰已產生：公鑰在 %s.pub 中"),
                    path);
  }
  return st;
}

static status keygen(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)count;
  key_pair k = {0};
  buf title;
  buf answer;
  buf_init(&title);
  buf_init(&answer);
  const status st = make(s, operands[0], &k, &title, &answer, err);
  explicit_bzero(&k, sizeof k);
  buf_fini(&title);
  buf_fini(&answer);
  return st;
}

const subcommand subcommand_keygen = {
    .name = "keygen",
    .summary = SAID("make a pair of keys for a cluster", "为集群生成密钥对", "為叢集產生金鑰對"),
    .usage = "[--role ROLE] FILE",
    .about = SAID("Writes a pair of keys: FILE, which is secret and readable only by you, and\n"
                  "FILE.pub.  Prints the public key; with --role the line that allows it at a\n"
                  "broker in that role.  Existing files are left alone.\n"
                  "\n"
                  "Each machine makes its own pair; only printed lines and .pub files go to\n"
                  "others: the lines of workers and clients into the broker's list 'allowed', the\n"
                  "broker's public key to everybody.  A cluster on one machine needs no keys.\n",
                  "写出一对密钥：FILE（保密，只有本人可读）与 FILE.pub。输出公钥；加 --role\n"
                  "时输出让调度程序以该角色允许它的一行。已有的文件不动。\n"
                  "\n"
                  "每台机器各自生成密钥；只有输出的行与 .pub 文件交给他人：工作程序与客户端\n"
                  "的行写入调度程序的清单 allowed，调度程序的公钥交给所有人。\n"
                  "单机上的集群不需要密钥。\n",
                  "寫出一對金鑰：FILE（保密，只有本人可讀）與 FILE.pub。輸出公鑰；加 --role\n"
                  "時輸出讓調度程式以該角色允許它的一行。既有的檔案不動。\n"
                  "\n"
                  "每台機器各自產生金鑰；只有輸出的行與 .pub 檔案交給他人：工作程式與用戶端\n"
                  "的行寫入調度程式的清單 allowed，調度程式的公鑰交給所有人。\n"
                  "單機上的叢集不需要金鑰。\n"),
    .example =
        "canvass keygen broker.key                  # on the broker's machine\n"
        "canvass keygen --role worker anna.key      # on hers; likewise clients\n"
        "canvass broker --listen 'tcp://*:7117' --store cluster \\\n"
        "  --identity broker.key --allow allowed\n"
        "canvass jobs --broker tcp://broker:7117 --identity me.key \\\n"
        "  --broker-key broker.key.pub\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a file for the keys",
    .run = keygen,
};
