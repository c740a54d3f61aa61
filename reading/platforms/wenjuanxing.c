/* 问卷星 (wjx.cn). */
#include "reading/platform.h"

const platform platform_wenjuanxing = {
    .name = "wenjuanxing",
    .title = "问卷星",
    .aliases = {"wjx"},
    .shapes =
        {
            {1, 1, 0, {{1, PLATFORM_BEGINS, "序号\t提交答卷时间\t所用时间"}}},
        },
    .missing = {{"(空)", "blank"}, {"(跳过)", "not_asked"}, {"-2", "blank"}, {"-3", "not_asked"}},
    .totals = "本题有效填写*\t有效填写*\t答卷数*",
};
