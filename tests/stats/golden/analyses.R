# Reference values for the analyses: base R, psych and survey.
# Rscript analyses.R writes analyses.json; tests/stats/analysis_golden_test.c reads it.
# Each entry: the report's analysis and table, the cells that name a row, and its figures.
suppressMessages({library(survey); library(psych); library(jsonlite)})

entries <- list()
# (Dots in the names, because R would take t = for table =.)
add <- function(.analysis, .table, .match, ...) {
  entries[[length(entries) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
null <- NA                      # written as null
total <- list(group = null)
of <- function(key, value) list(group = setNames(list(value), key))

d <- read.csv("weighted_survey.csv", colClasses = c(region = "character"), na.strings = "")
d$regionf <- factor(d$region)
regions <- c("east", "north", "south", "west")
N <- nrow(d)

# ---- describe, unweighted ---------------------------------------------------------------------------
describe_plain <- function(name, item, group, x) {
  x <- x[!is.na(x)]
  n <- length(x); se <- sd(x) / sqrt(n); h <- qt(.975, n - 1) * se
  q <- quantile(x, c(.25, .5, .75), type = 7, names = FALSE)
  m <- c(list(item = item), group)
  add(name, "summary", m, n = n, mean = mean(x), sd = sd(x), se = se, ci_low = mean(x) - h, ci_high = mean(x) + h)
  tab <- table(x)
  add(name, "quartiles", m, min = min(x), q1 = q[1], median = q[2], q3 = q[3], max = max(x),
      mode = as.numeric(names(tab)[which.max(tab)]))
  add(name, "shape", m, variance = var(x), skewness = skew(x, type = 2), kurtosis = kurtosi(x, type = 2))
}
for (item in c("q1", "q4", "age", "spend")) {
  describe_plain("plain", item, total, d[[item]])
  for (r in regions) describe_plain("plain", item, of("region", r), d[[item]][which(d$region == r)])
  describe_plain("plain", item, of("region", null), d[[item]][is.na(d$region)])
}
for (r in regions) for (s in c("f", "m"))
  describe_plain("plain", "q4", list(group = list(region = r, sex = s)), d$q4[which(d$region == r & d$sex == s)])
for (v in 1:5) {
  x <- d$q1[!is.na(d$q1)]
  add("plain", "distribution", list(item = "q1", group = null, value = v), n = sum(x == v), percent = 100 * mean(x == v))
}
options <- strsplit(d$channels, ";"); answered <- !is.na(d$channels)
for (o in c("web", "phone", "shop", "agent")) {
  has <- sapply(options[answered], function(s) o %in% s)
  add("plain", "distribution", list(item = "channels", group = null, value = o), n = sum(has), percent = 100 * mean(has))
}
add("plain", "missing", list(item = "q2", group = null), rows = N, answered = sum(!is.na(d$q2)), blank = sum(is.na(d$q2)))
add("plain", "texts", list(item = "id"), n = N, distinct = length(unique(d$id)), duplicates = sum(duplicated(d$id)))

# ---- describe, sampling weights ---------------------------------------------------------------------
S <- svydesign(ids = ~1, weights = ~w, data = d)
describe_weighted <- function(item, group, D) {
  f <- as.formula(paste0("~", item))
  x <- D$variables[[item]]
  D <- subset(D, !is.na(x))
  m <- svymean(f, D); se <- as.numeric(SE(m)); df <- degf(D)
  ci <- confint(m, df = df)
  q <- coef(svyquantile(f, D, c(.25, .5, .75), qrule = "math", ci = FALSE))
  key <- c(list(item = item), group)
  add("weighted", "summary", key, n = nrow(D$variables), weighted_n = sum(weights(D)), mean = as.numeric(coef(m)),
      se = se, ci_low = ci[1], ci_high = ci[2], sd = sqrt(as.numeric(coef(svyvar(f, D)))))
  add("weighted", "quartiles", key, q1 = q[[1]], median = q[[2]], q3 = q[[3]])
  add("weighted", "shape", key, variance = as.numeric(coef(svyvar(f, D))))
}
for (item in c("q1", "q4", "age", "spend")) {
  describe_weighted(item, total, S)
  for (r in regions) describe_weighted(item, of("region", r), subset(S, region == r))
}
m <- svymean(~q1, subset(S, sex == "f" & !is.na(q1)))   # where: is a domain too
add("filtered", "summary", list(item = "q1", group = null), n = sum(d$sex == "f" & !is.na(d$q1)), mean = as.numeric(coef(m)), se = as.numeric(SE(m)))
by <- svyby(~q1, ~region, S, svymean, na.rm = TRUE)   # the same by svyby
for (r in regions) add("weighted", "summary", c(list(item = "q1"), of("region", r)), mean = by[r, "q1"], se = by[r, "se"])
p <- svymean(~factor(q1), S, na.rm = TRUE)
for (v in 1:5) add("weighted", "distribution", list(item = "q1", group = null, value = v), percent = 100 * as.numeric(coef(p))[v])

# ---- describe, frequency weights --------------------------------------------------------------------
F <- d[rep(1:N, d$f), ]
describe_repeated <- function(item, group, x, n) {
  x <- x[!is.na(x)]; h <- qt(.975, length(x) - 1) * sd(x) / sqrt(length(x))
  q <- quantile(x, c(.25, .5, .75), type = 7, names = FALSE)
  key <- c(list(item = item), group)
  add("repeated", "summary", key, weighted_n = length(x), mean = mean(x), sd = sd(x), se = sd(x) / sqrt(length(x)),
      ci_low = mean(x) - h, ci_high = mean(x) + h)
  add("repeated", "quartiles", key, q1 = q[1], median = q[2], q3 = q[3])
  add("repeated", "shape", key, variance = var(x), skewness = skew(x, type = 2), kurtosis = kurtosi(x, type = 2))
}
for (item in c("q1", "spend")) {
  describe_repeated(item, total, F[[item]])
  for (r in regions) describe_repeated(item, of("region", r), F[[item]][which(F$region == r)])
}

# ---- nps, csat, ces ---------------------------------------------------------------------------------
z <- qnorm(.975)
nps_score <- function(x) 100 * ((x >= 9) - (x <= 6))
wilson <- function(p, n) prop.test(round(p * n, 9), n, correct = FALSE)$conf.int * 100
plain_scores <- function(group, x, q, e) {
  s <- nps_score(x[!is.na(x)]); n <- length(s); p <- mean(s == 100); q0 <- mean(s == -100)
  se <- 100 * sqrt((p + q0 - (p - q0)^2) / n)
  add("nps", "nps_scores", c(list(item = "recommend"), group), n = n, nps = mean(s), se = se, ci_low = mean(s) - z * se,
      ci_high = mean(s) + z * se, promoters = 100 * p, passives = 100 * (1 - p - q0), detractors = 100 * q0)
  pa <- (sum(s == 100) + .75) / (n + 3); qa <- (sum(s == -100) + .75) / (n + 3)
  h <- z * sqrt((pa + qa - (pa - qa)^2) / (n + 3))
  add("nps_adjusted", "nps_scores", c(list(item = "recommend"), group), ci_low = 100 * (pa - qa - h), ci_high = 100 * (pa - qa + h))
  q <- q[!is.na(q)]; n <- length(q); p <- mean(q >= 4); w <- wilson(p, n)
  add("csat", "top_boxes", c(list(item = "q1"), group), n = n, csat = 100 * p, se = 100 * sqrt(p * (1 - p) / n), ci_low = w[1], ci_high = w[2])
  y <- (q - 1) / 4 * 100; t <- t.test(y)
  add("csat", "rescaled_means", c(list(item = "q1"), group), score = mean(y), se = sd(y) / sqrt(n), ci_low = t$conf.int[1], ci_high = t$conf.int[2])
  e <- e[!is.na(e)]; n <- length(e); t <- t.test(e); p <- mean(e >= 5); w <- wilson(p, n)
  add("ces", "ces_scores", c(list(item = "effort"), group), n = n, ces = mean(e), se = sd(e) / sqrt(n), ci_low = t$conf.int[1], ci_high = t$conf.int[2])
  add("ces", "easy_shares", c(list(item = "effort"), group), easy = 100 * p, ci_low = w[1], ci_high = w[2])
  net <- 100 * ((e >= 5) - (e <= 2)); se <- sqrt(mean((net - mean(net))^2) / n)
  add("ces", "easy_nets", c(list(item = "effort"), group), net_easy = mean(net), se = se, ci_low = mean(net) - z * se, ci_high = mean(net) + z * se)
}
plain_scores(total, d$recommend, d$q1, d$effort)
for (r in regions) { k <- which(d$region == r); plain_scores(of("region", r), d$recommend[k], d$q1[k], d$effort[k]) }
S <- update(S, nps = nps_score(recommend), top = 100 * (q1 >= 4), easy = 100 * (effort >= 5))
weighted_scores <- function(group, D) {
  m <- svymean(~nps, D, na.rm = TRUE); ci <- confint(m)
  add("nps_weighted", "nps_scores", c(list(item = "recommend"), group), nps = as.numeric(coef(m)), se = as.numeric(SE(m)), ci_low = ci[1], ci_high = ci[2])
  m <- svymean(~top, D, na.rm = TRUE); w <- weights(D)[!is.na(D$variables$q1)]; ne <- sum(w)^2 / sum(w^2); p <- as.numeric(coef(m)) / 100
  c0 <- (p + z^2 / 2 / ne) / (1 + z^2 / ne); h <- z * sqrt(p * (1 - p) / ne + z^2 / 4 / ne^2) / (1 + z^2 / ne)
  add("csat_weighted", "top_boxes", c(list(item = "q1"), group), csat = 100 * p, se = as.numeric(SE(m)), n_effective = ne, ci_low = 100 * (c0 - h), ci_high = 100 * (c0 + h))
}
weighted_scores(total, S)
for (r in regions) weighted_scores(of("region", r), subset(S, region == r))

# ---- crosstab ---------------------------------------------------------------------------------------
independence <- function(name, item, other, match, x, y, yates = TRUE) {
  t <- table(x, y); t <- t[rowSums(t) > 0, colSums(t) > 0]
  c2 <- suppressWarnings(chisq.test(t, correct = yates)); raw <- suppressWarnings(chisq.test(t, correct = FALSE))
  add(name, "independence", c(list(item = item, other_item = other), match), n = sum(t), chi2 = unname(c2$statistic), df = unname(c2$parameter),
      p = c2$p.value, cramers_v = sqrt(unname(raw$statistic) / sum(t) / (min(dim(t)) - 1)))
}
independence("cross", "q1", "region", total, d$q1, d$region)
independence("cross", "sex", "region", total, d$sex, d$region)
for (s in c("f", "m")) independence("cross", "q1", "region", of("sex", s), d$q1[d$sex == s], d$region[d$sex == s])
d$top <- as.integer(d$q1 >= 4)
independence("cross_2x2", "top", "sex", total, d$top, d$sex)
independence("cross_2x2_plain", "top", "sex", total, d$top, d$sex, FALSE)
t <- table(d$q1, d$region)
for (v in rownames(t)) for (r in regions) {
  key <- list(item = "q1", other_item = "region", group = null, value = as.integer(v), other_value = r)
  add("cross", "counts", key, n = t[v, r])
  add("cross", "column_percents", key, column_percent = 100 * t[v, r] / sum(t[, r]))
  add("cross", "row_percents", key, row_percent = 100 * t[v, r] / sum(t[v, ]))
  add("cross", "total_percents", key, total_percent = 100 * t[v, r] / sum(t))
}
ps <- c()
for (o in c("web", "phone", "shop", "agent")) {
  has <- sapply(options, function(s) o %in% s); ok <- answered & !is.na(d$region)
  c2 <- suppressWarnings(chisq.test(table(has[ok], d$region[ok])))
  ps <- c(ps, c2$p.value)
  add("cross", "option_tests", list(item = "channels", other_item = "region", group = null, value = o), n = sum(ok), chi2 = unname(c2$statistic), df = unname(c2$parameter), p = c2$p.value)
  for (r in regions) add("cross", "column_percents", list(item = "channels", other_item = "region", group = null, value = o, other_value = r),
                         column_percent = 100 * sum(has[ok] & d$region[ok] == r) / sum(d$region[ok] == r))
}
adjusted <- p.adjust(ps, "holm")
for (i in 1:4) add("cross", "option_tests", list(item = "channels", other_item = "region", group = null, value = c("web", "phone", "shop", "agent")[i]), p_adjusted = adjusted[i])
rao_scott <- function(match, D) {
  c2 <- svychisq(~q1 + regionf, D, statistic = "F")
  add("cross_weighted", "independence", c(list(item = "q1", other_item = "region"), match), f = unname(c2$statistic), df = unname(c2$parameter[1]),
      df_within = unname(c2$parameter[2]), p = unname(c2$p.value))
}
rao_scott(total, S)
for (s in c("f", "m")) rao_scott(of("sex", s), subset(S, sex == s))   # a layer is a domain
w <- svytable(~q1 + region, S)
for (v in 1:5) for (r in regions)
  add("cross_weighted", "column_percents", list(item = "q1", other_item = "region", group = null, value = v, other_value = r), column_percent = 100 * w[v, r] / sum(w[, r]))

# ---- compare ----------------------------------------------------------------------------------------
compared <- d[!is.na(d$region), ]
for (item in c("q4", "spend")) {
  y <- compared[[item]]; g <- factor(compared$region)
  a <- anova(lm(y ~ g)); ssb <- a[1, 2]; ssw <- a[2, 2]; msw <- a[2, 3]
  add("compare", "anova", list(item = item, group = null), f = a[1, 4], df = a[1, 1], df_within = a[2, 1], p = a[1, 5], ss_between = ssb,
      ss_within = ssw, eta2 = ssb / (ssb + ssw), omega2 = (ssb - a[1, 1] * msw) / (ssb + ssw + msw))
  w <- oneway.test(y ~ g)
  add("compare", "welch", list(item = item, group = null), f = unname(w$statistic), df = unname(w$parameter[1]), df_within = unname(w$parameter[2]), p = w$p.value)
  ps <- c(); keys <- list()
  for (i in 1:3) for (j in (i + 1):4) {
    t <- t.test(y[g == regions[i]], y[g == regions[j]]); u <- na.omit(y[g == regions[i]]); v <- na.omit(y[g == regions[j]])
    pooled <- sqrt(((length(u) - 1) * var(u) + (length(v) - 1) * var(v)) / (length(u) + length(v) - 2))
    key <- list(item = item, group = list(region = regions[i]), other_group = list(region = regions[j]))
    add("compare", "pairs", key, difference = mean(u) - mean(v), se = t$stderr, t = unname(t$statistic), df = unname(t$parameter), p = t$p.value,
        ci_low = t$conf.int[1], ci_high = t$conf.int[2], cohens_d = (mean(u) - mean(v)) / pooled)
    ps <- c(ps, t$p.value); keys <- c(keys, list(key))
  }
  adjusted <- p.adjust(ps, "holm")
  for (k in seq_along(keys)) add("compare", "pairs", keys[[k]], p_adjusted = adjusted[k])
}
D <- subset(S, !is.na(q4) & !is.na(region))           # degrees of freedom are those of the domain
r <- regTermTest(svyglm(q4 ~ regionf, D), ~regionf)
add("compare_weighted", "wald", list(item = "q4", group = null), f = as.numeric(r$Ftest), df = r$df, df_within = r$ddf, p = as.numeric(r$p))
two <- svyttest(q4 ~ regionf, subset(D, region %in% c("east", "north")))
add("compare_weighted", "pairs", list(item = "q4", group = list(region = "east"), other_group = list(region = "north")),
    difference = -unname(two$estimate), t = -unname(two$statistic), df = unname(two$parameter), p = as.numeric(two$p.value))
by <- svyby(~q4, ~region, S, svymean, na.rm = TRUE)
add("compare_weighted", "pairs", list(item = "q4", group = list(region = "east"), other_group = list(region = "north")),
    difference = by["east", "q4"] - by["north", "q4"], se = sqrt(by["east", "se"]^2 + by["north", "se"]^2))

# ---- index ------------------------------------------------------------------------------------------
# product = (q1 weight 3, q2 weight 2), service = (q3, q4), overall = (product 0.6, service 0.4)
score <- cbind(q1 = (d$q1 - 1) / 4, q2 = (d$q2 - 1) / 4, q3 = (d$q3 - 1) / 6, q4 = (d$q4 - 1) / 9) * 100
mean_of <- function(x, w) { ok <- !is.na(x); rowSums(ifelse(ok, x, 0) * rep(w, each = nrow(x))) / rowSums(ok * rep(w, each = nrow(x))) }
person <- function(w) {
  product <- mean_of(score[, 1:2], w[1:2]); service <- mean_of(score[, 3:4], w[3:4])
  product[is.nan(product)] <- NA; service[is.nan(service)] <- NA
  overall <- mean_of(cbind(product, service), w[5:6]); overall[is.nan(overall)] <- NA
  list(overall = overall, product = product, service = service, q1 = score[, 1], q3 = score[, 3])
}
index_rows <- function(name, values) {
  for (k in names(values)) {
    x <- values[[k]][!is.na(values[[k]])]; se <- sd(x) / sqrt(length(x)); h <- qt(.975, length(x) - 1) * se
    add(name, "index_values", list(item = k, group = null), n = length(x), index = mean(x), se = se, ci_low = mean(x) - h, ci_high = mean(x) + h)
    for (r in regions) {
      x <- values[[k]][which(d$region == r)]; x <- x[!is.na(x)]
      add(name, "index_values", c(list(item = k), of("region", r)), n = length(x), index = mean(x), se = sd(x) / sqrt(length(x)))
    }
  }
}
given <- c(3, 2, 1, 1, .6, .4)
index_rows("index", person(given))
index_rows("index_equal", person(rep(1, 6)))
entropy <- apply(score, 2, function(x) { x <- x[!is.na(x)]; p <- x / sum(x); -sum(ifelse(p > 0, p * log(p), 0)) / log(length(x)) })
v <- 1 - entropy; q <- function(x) round(x * 1e9)
e <- c(q(v[1:2] / sum(v[1:2])), q(v[3:4] / sum(v[3:4])), q(sum(v[1:2]) / sum(v)), q(sum(v[3:4]) / sum(v)))
index_rows("index_entropy", person(e))
for (i in 1:4) add("index_entropy", "index_weights", list(item = colnames(score)[i]), entropy = unname(entropy[i]))
values <- person(given)
S <- update(S, overall = values$overall, product = values$product)
for (k in c("overall", "product")) {
  m <- svymean(as.formula(paste0("~", k)), S, na.rm = TRUE)
  add("index_weighted", "index_values", list(item = k, group = null), index = as.numeric(coef(m)), se = as.numeric(SE(m)))
}
means <- colMeans(score, na.rm = TRUE)
c4 <- c(.6 * .6, .6 * .4, .4 * .5, .4 * .5)
n4 <- colSums(!is.na(score)); covariance <- cov(score, use = "pairwise.complete.obs"); n2 <- crossprod(!is.na(score))
V <- covariance * n2 / outer(n4, n4)
add("index_means", "index_values", list(item = "overall", group = null), index = sum(c4 * means), se = sqrt(drop(t(c4) %*% V %*% c4)), n = min(n4))
k <- c(.6, .4, 0, 0)
add("index_means", "index_values", list(item = "product", group = null), index = sum(k * means), se = sqrt(drop(t(k) %*% V %*% k)))
for (i in 1:4) add("index_means", "index_values", list(item = colnames(score)[i], group = null), index = unname(means[i]), se = unname(sqrt(V[i, i])))

write(toJSON(entries, auto_unbox = TRUE, digits = NA, na = "null", pretty = FALSE), "analyses.json")
cat(length(entries), "entries\n")
