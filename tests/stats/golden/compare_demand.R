# Reference values for items of the same respondents (t.test(paired), wilcox.test), shares and net promoter scores
# between groups (prop.test and Newcombe's interval of its Wilson intervals; the variance of package NPS), and ranks
# with sampling weights (survey's svyranktest; its single tests in svyttest and regTermTest).
# Rscript compare_demand.R writes compare_demand.json, in tests/stats/golden.  R 4.2.2, survey 4.1.
suppressMessages({library(survey); library(jsonlite)})

entries <- list(); null <- NULL
add <- function(.analysis, .table, .match, ...) {
  entries[[length(entries) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character", sex = "character"), na.strings = "")
regions <- c("east", "north", "south", "west")
total <- list(group = NULL)
layers <- list(list(key = total, rows = rep(TRUE, nrow(d))), list(key = list(group = list(sex = "f")), rows = d$sex %in% "f"), list(key = list(group = list(sex = "m")), rows = d$sex %in% "m"))

# ---- Paired ------------------------------------------------------------------------------------------
items <- c("q3", "q4", "recommend"); both <- combn(items, 2, simplify = FALSE)
for (how in c("paired", "paired_repeated")) for (g in layers) {
  figures <- lapply(both, function(p) {
    x <- d[g$rows, ]; x <- x[complete.cases(x[, p]), ]; n <- sum(if (how == "paired") rep(1, nrow(x)) else x$f > 0); rows <- nrow(x)
    if (how != "paired") x <- x[rep(seq_len(nrow(x)), x$f), ]
    t <- t.test(x[[p[1]]], x[[p[2]]], paired = TRUE); w <- suppressWarnings(wilcox.test(x[[p[1]]], x[[p[2]]], paired = TRUE)); diffs <- x[[p[1]]] - x[[p[2]]]
    e <- t.test(x[[p[1]]], x[[p[2]]], paired = TRUE, conf.level = .9)$conf.int
    m <- sum(diffs != 0); whole <- m * (m + 1) / 2
    list(t = t, w = w, diffs = diffs, n = n, rows = rows, mean = mean(x[[p[1]]]), other = mean(x[[p[2]]]), biserial = (2 * w$statistic[[1]] - whole) / whole, zeros = sum(diffs == 0), e = e,
         eq = max(t.test(diffs, mu = -1.5, alternative = "greater")$p.value, t.test(diffs, mu = 1.5, alternative = "less")$p.value))
  })
  holm <- p.adjust(sapply(figures, function(f) f$t$p.value), "holm"); ranks <- p.adjust(sapply(figures, function(f) f$w$p.value), "holm")
  for (i in seq_along(both)) {
    f <- figures[[i]]; key <- c(list(item = both[[i]][1], other_item = both[[i]][2]), g$key)
    add(how, "paired", key, mean = f$mean, other_mean = f$other, difference = f$t$estimate[[1]], t = f$t$statistic[[1]], df = f$t$parameter[[1]], p = f$t$p.value, p_adjusted = holm[i],
        ci_low = f$t$conf.int[1], ci_high = f$t$conf.int[2], se = f$t$stderr, cohens_dz = mean(f$diffs) / sd(f$diffs))
    if (how == "paired") add(how, "paired", key, n = f$rows)
    add(how, "signed_ranks", key, zeros = f$zeros, v = f$w$statistic[[1]], p = f$w$p.value, p_adjusted = ranks[i], rank_biserial = f$biserial)
    add(how, "paired_equivalence", key, p = f$eq, ci_low = f$e[1], ci_high = f$e[2])
  }
}
S <- svydesign(ids = ~1, weights = ~w, data = d)
for (p in both) {
  D <- subset(S, !is.na(get(p[1])) & !is.na(get(p[2]))); m <- svymean(as.formula(sprintf("~I(%s - %s)", p[1], p[2])), D); t <- coef(m)[[1]] / SE(m)[[1]]
  add("paired_weighted", "paired", c(list(item = p[1], other_item = p[2]), total), difference = coef(m)[[1]], se = SE(m)[[1]], t = t, df = degf(D), p = 2 * pt(-abs(t), degf(D)),
      mean = svymean(as.formula(paste0("~", p[1])), D)[[1]], other_mean = svymean(as.formula(paste0("~", p[2])), D)[[1]])
}

# ---- Shares and scores -------------------------------------------------------------------------------
pairs <- combn(regions, 2, simplify = FALSE)
pair_key <- function(item, g) list(item = item, group = list(region = g[1]), other_group = list(region = g[2]))
shares <- function(name, item, x, top) {
  x <- x[!is.na(x[[item]]) & !is.na(x$region), ]; yes <- tapply(x[[item]] >= top, x$region, sum); n <- table(x$region)
  wilson <- function(g) suppressWarnings(prop.test(yes[[g]], n[[g]], correct = FALSE))$conf.int
  all <- suppressWarnings(prop.test(yes, n, correct = FALSE))
  add(name, "share_test", list(item = item, group = NULL), chi2 = all$statistic[[1]], df = all$parameter[[1]], p = all$p.value)
  for (g in regions) add(name, "group_shares", list(item = item, group = list(region = g)), top_share = 100 * yes[[g]] / n[[g]], ci_low = 100 * wilson(g)[1], ci_high = 100 * wilson(g)[2],
                         se = 100 * sqrt(yes[[g]] / n[[g]] * (1 - yes[[g]] / n[[g]]) / n[[g]]))
  tests <- lapply(pairs, function(g) suppressWarnings(prop.test(yes[g], n[g], correct = FALSE))); adjusted <- p.adjust(sapply(tests, `[[`, "p.value"), "holm")
  for (i in seq_along(pairs)) {
    g <- pairs[[i]]; a <- wilson(g[1]); b <- wilson(g[2]); p <- yes[g] / n[g]; diff <- p[[1]] - p[[2]]
    add(name, "share_pairs", pair_key(item, g), difference = 100 * diff, z = sign(diff) * sqrt(tests[[i]]$statistic[[1]]), p = tests[[i]]$p.value, p_adjusted = adjusted[i],
        ci_low = 100 * (diff - sqrt((p[[1]] - a[1])^2 + (b[2] - p[[2]])^2)), ci_high = 100 * (diff + sqrt((a[2] - p[[1]])^2 + (p[[2]] - b[1])^2)))
  }
}
scores <- function(name, x) {
  x <- x[!is.na(x$recommend) & !is.na(x$region), ]; s <- ifelse(x$recommend >= 9, 100, ifelse(x$recommend <= 6, -100, 0))
  m <- tapply(s, x$region, mean); se <- sqrt(tapply(s, x$region, function(v) mean((v - mean(v))^2) / length(v)))
  chi2 <- sum((m - sum(m / se^2) / sum(1 / se^2))^2 / se^2)
  add(name, "nps_test", list(item = "recommend", group = NULL), chi2 = chi2, df = 3, p = pchisq(chi2, 3, lower.tail = FALSE))
  for (g in regions) add(name, "group_nps", list(item = "recommend", group = list(region = g)), nps = m[[g]], se = se[[g]])
  z <- sapply(pairs, function(g) (m[[g[1]]] - m[[g[2]]]) / sqrt(se[[g[1]]]^2 + se[[g[2]]]^2)); p <- 2 * pnorm(-abs(z)); adjusted <- p.adjust(p, "holm")
  for (i in seq_along(pairs)) {
    g <- pairs[[i]]; diff <- m[[g[1]]] - m[[g[2]]]; half <- qnorm(.975) * sqrt(se[[g[1]]]^2 + se[[g[2]]]^2)
    add(name, "nps_pairs", pair_key("recommend", g), difference = diff, z = z[i], p = p[i], p_adjusted = adjusted[i], ci_low = diff - half, ci_high = diff + half)
  }
}
repeated <- d[rep(seq_len(nrow(d)), d$f), ]
shares("shares", "q1", d, 4); shares("shares", "q3", d, 6); shares("shares", "recommend", d, 9); scores("scores", d)
shares("shares_repeated", "q1", repeated, 4); shares("shares_repeated", "recommend", repeated, 9); scores("scores_repeated", repeated)

# ---- Sampling weights --------------------------------------------------------------------------------
weighted <- function(name, item, value, test_table, pair_table) {
  D <- subset(update(S, .y = value(d[[item]])), !is.na(d[[item]]) & !is.na(region))
  t <- regTermTest(svyglm(.y ~ region, D), ~region)
  add(name, test_table, list(item = item, group = NULL), f = t$Ftest[[1]], df = t$df, df_within = t$ddf, p = t$p[[1]])
  tests <- lapply(pairs, function(g) svyttest(.y ~ .two, update(subset(D, region %in% g), .two = factor(region, g[2:1])))); adjusted <- p.adjust(sapply(tests, function(t) t$p.value[[1]]), "holm")
  for (i in seq_along(pairs)) add(name, pair_table, pair_key(item, pairs[[i]]), difference = tests[[i]]$estimate[[1]], t = tests[[i]]$statistic[[1]], df = tests[[i]]$parameter[[1]], p = tests[[i]]$p.value[[1]], p_adjusted = adjusted[i])
}
weighted("shares_weighted", "q1", function(v) 100 * (v >= 4), "share_test", "share_pairs")
weighted("scores_weighted", "recommend", function(v) 100 * (v >= 9) - 100 * (v <= 6), "nps_test", "nps_pairs")
# Ranks.  svyranktest gives equal answers the plain mean of their places, which depends on the order of the rows where
# their weights differ; here they share the middle of their weight.  Its own tests are the same without equal answers.
middle <- function(y, w) sapply(y, function(v) sum(w[y < v]) + sum(w[y == v]) / 2) / sum(w)
for (item in c("q1", "q4")) {
  D <- subset(S, !is.na(d[[item]]) & !is.na(region)); D <- update(D, .y = middle(D$variables[[item]], weights(D)))
  t <- regTermTest(svyglm(.y ~ region, D), ~region)
  add("ranks_weighted", "rank_test", list(item = item, group = NULL), f = t$Ftest[[1]], df = t$df, df_within = t$ddf, p = t$p[[1]])
  tests <- lapply(pairs, function(g) { two <- subset(D, region %in% g); svyttest(.y ~ .two, update(two, .y = middle(two$variables[[item]], weights(two)), .two = factor(region, g[2:1]))) })
  adjusted <- p.adjust(sapply(tests, function(t) t$p.value[[1]]), "holm")
  for (i in seq_along(pairs)) add("ranks_weighted", "rank_pairs", pair_key(item, pairs[[i]]), score_difference = tests[[i]]$estimate[[1]], t = tests[[i]]$statistic[[1]], df = tests[[i]]$parameter[[1]], p = tests[[i]]$p.value[[1]], p_adjusted = adjusted[i])
}
U <- svydesign(ids = ~1, weights = ~w, data = data.frame(y = c(7, 3, 11, 1, 9, 5, 12, 2, 10, 4, 8, 6), g = rep(c("a", "b", "c"), 4), w = c(1, 2.5, 1.5, 3, .5, 2, 1, 4, 2, 1.5, .75, 3)))
all <- svyranktest(y ~ g, U, test = "KruskalWallis"); two <- svyranktest(y ~ factor(g, c("b", "a")), subset(U, g != "c"))
cat(sprintf("untied: F %.15g on 2 and %g, p %.15g; a less b: %.15g, t %.15g on %g\n", all$parameter / 2, all$ddf, all$p.value, two$estimate, two$statistic, two$parameter))
write_json(entries, "compare_demand.json", digits = NA, auto_unbox = TRUE, null = "null", na = "null", pretty = FALSE)
