# Reference values for drivers: base R's lm, survey's svyglm, and importance written out over all submodels.
# Rscript drivers.R writes ../../analyses/drivers.json.
suppressMessages({library(survey); library(jsonlite)})

entries <- list()
add <- function(.analysis, .table, .match, ...) {
  entries[[length(entries) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
total <- list(group = NA)
of <- function(key, value) list(group = setNames(list(value), key))
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character", sex = "character"), na.strings = "")
d$region <- factor(d$region)
formula <- recommend ~ q1 + q3 + age + region
columns <- list(q1 = list("q1", ""), q3 = list("q3", ""), age = list("age", ""), regionnorth = list("region", "north"),
                regionsouth = list("region", "south"), regionwest = list("region", "west"))
predictors <- c("q1", "q3", "age", "region")

# Shares of R^2 from the correlations of the columns (GROUPS: those of each predictor) and, last, the outcome.
shares <- function(r, groups) {
  p <- nrow(r) - 1; R <- r[1:p, 1:p, drop = FALSE]; ry <- r[1:p, p + 1]; m <- length(groups)
  e <- eigen(R, symmetric = TRUE); lambda <- e$vectors %*% diag(sqrt(e$values), p) %*% t(e$vectors)
  w <- drop(lambda^2 %*% solve(lambda, ry)^2)
  r2 <- function(s) { k <- unlist(groups[s]); if (length(k) == 0) 0 else drop(t(ry[k]) %*% solve(R[k, k], ry[k])) }
  lmg <- sapply(1:m, function(j) {
    others <- setdiff(1:m, j); total <- 0
    for (b in 0:(2^(m - 1) - 1)) {
      s <- others[bitwAnd(b, 2^(seq_along(others) - 1)) > 0]
      total <- total + factorial(length(s)) * factorial(m - length(s) - 1) / factorial(m) * (r2(c(s, j)) - r2(s))
    }
    total
  })
  list(drivers_relative_weights = sapply(groups, function(k) sum(w[k])), drivers_lmg = lmg)
}
importance_of <- function(name, key, n, r, beta, items, groups, p) {
  all <- shares(r, groups)
  for (method in names(all)) {
    v <- all[[method]]
    for (i in seq_along(groups)) {
      sign <- if (length(groups[[i]]) == 1 && beta[groups[[i]]] < 0) -1 else 1
      figures <- list(n = n, share = sign * 100 * v[i] / sum(v), importance = v[i], rank = which(order(-v) == i))
      if (!is.null(p)) figures$p <- p[i]
      do.call(add, c(list(name, method, c(list(item = items[i]), key)), figures))
    }
  }
}
coefficients_of <- function(name, key, b, v, df, n, beta, vif) {
  t <- qt(.975, df)
  for (row in names(b)) {
    se <- sqrt(v[row, row])
    figures <- list(n = n, b = b[[row]], se = se, t = b[[row]] / se, df = df, p = 2 * pt(-abs(b[[row]] / se), df),
                    ci_low = b[[row]] - t * se, ci_high = b[[row]] + t * se)
    if (row == "(Intercept)") do.call(add, c(list(name, "drivers_constants", key), figures))
    else do.call(add, c(list(name, "drivers_coefficients", c(list(item = columns[[row]][[1]], value = columns[[row]][[2]]), key)),
                        figures, list(beta = beta[[row]], vif = vif[[row]])))
  }
}
wald <- function(b, v, df) { f <- drop(t(b) %*% solve(v, b)) / length(b); list(f = f, df = length(b), df2 = df, p = pf(f, length(b), df, lower.tail = FALSE)) }

# A fit from its rows: B, their V, and W, which counts rows in all sums of squares.
figures_of <- function(name, key, b, v, u, w, n, df, rows, sampling, constant = TRUE) {
  x <- model.matrix(formula, u); if (!constant) x <- x[, -1, drop = FALSE]; y <- u$recommend
  plain <- setdiff(colnames(x), "(Intercept)")
  centre <- function(z) if (constant) z - weighted.mean(z, w) else z
  z <- apply(cbind(x[, plain, drop = FALSE], y), 2, centre); s <- crossprod(z, w * z)
  length_of <- sqrt(diag(s)); r <- s / outer(length_of, length_of); p <- length(plain)
  beta <- b[plain] * length_of[plain] / length_of[p + 1]
  vif <- setNames(diag(solve(r[1:p, 1:p, drop = FALSE])), plain)
  coefficients_of(name, key, b, v, df, n, beta, vif)
  items <- predictors[sapply(predictors, function(i) any(startsWith(plain, i)))]
  groups <- lapply(items, function(i) which(startsWith(plain, i))); tests <- numeric(0)
  for (i in seq_along(items)) {
    test <- wald(b[plain[groups[[i]]]], v[plain[groups[[i]]], plain[groups[[i]]], drop = FALSE], df); tests <- c(tests, test$p)
    do.call(add, c(list(name, "drivers_predictors", c(list(item = items[i]), key), n = n), test))
  }
  rss <- sum(w * (y - x %*% b)^2); tss <- s[p + 1, p + 1]; r2 <- 1 - rss / tss
  all <- if (sampling) wald(b[plain], v[plain, plain], df) else {
    f <- (tss - rss) / p / (rss / df); list(f = f, df = p, df2 = df, p = pf(f, p, df, lower.tail = FALSE)) }
  scaled <- sweep(sqrt(w) * x, 2, sqrt(colSums(w * x^2)), "/"); e <- svd(scaled)$d
  do.call(add, c(list(name, "drivers_fit", key, n = n, r2 = r2, adjusted_r2 = 1 - (1 - r2) * (rows - constant) / df,
                      residual_sd = sqrt(rss / (if (sampling) sum(w) / n else 1) / df), condition = max(e) / min(e)), all))
  importance_of(name, key, n, r, beta, items, groups, tests)
}

# ---- Without weights, all rows and by sex; without a constant ------------------------------------------
plain <- function(rows, key) {
  m <- lm(formula, d[rows, ]); n <- nrow(m$model)
  figures_of("plain", key, coef(m), vcov(m), m$model, rep(1, n), n, m$df.residual, n, FALSE)
  stopifnot(abs(summary(m)$r.squared - entries[[length(entries) - 8]]$figures$r2) < 1e-12)
}
plain(rep(TRUE, nrow(d)), total)
for (s in c("f", "m")) plain(d$sex %in% s, of("sex", s))
formula <- recommend ~ q1 + q3 + age
m <- lm(recommend ~ q1 + q3 + age - 1, d)
figures_of("origin", total, coef(m), vcov(m), m$model, rep(1, nrow(m$model)), nrow(m$model), m$df.residual, nrow(m$model), FALSE, FALSE)
formula <- recommend ~ q1 + q3 + age + region

# ---- Sampling weights: svyglm ---------------------------------------------------------------------------
usable <- d[!is.na(d$w) & d$w > 0, ]
design <- svydesign(~1, weights = ~w, data = usable)
sampled <- function(design, key) {
  m <- svyglm(formula, design)
  u <- usable[rownames(usable) %in% rownames(m$model), ]; n <- nrow(u)
  figures_of("sampled", key, coef(m), vcov(m), u, u$w, n, m$df.residual, n, TRUE)
}
sampled(design, total)
for (s in c("f", "m")) sampled(subset(design, sex %in% s), of("sex", s))

# ---- Frequency weights: rows repeated -------------------------------------------------------------------
repeated <- d[rep(seq_len(nrow(d)), ifelse(is.na(d$f), 0, d$f)), ]
m <- lm(formula, repeated)
once <- sum(complete.cases(d[!is.na(d$f) & d$f > 0, c("recommend", "q1", "q3", "age", "region")]))
figures_of("repeated", total, coef(m), vcov(m), m$model, rep(1, nrow(m$model)), once, m$df.residual, nrow(m$model), FALSE)

# ---- Pairwise: as SPSS, from cor(use = "pairwise") and standard deviations of all answers -----------------
u <- d[c("q1", "q3", "age", "recommend")]
r <- cor(u, use = "pairwise.complete.obs"); spread <- sapply(u, sd, na.rm = TRUE)
answered <- crossprod(!is.na(as.matrix(u))); n <- min(answered[upper.tri(answered)])
beta <- solve(r[1:3, 1:3], r[1:3, 4]); b <- beta * spread[4] / spread[1:3]; vif <- diag(solve(r[1:3, 1:3]))
for (i in 1:3) add("pairs", "drivers_coefficients", list(item = names(u)[i], value = "", group = NA), n = n, b = b[[i]], beta = beta[[i]], vif = vif[[i]])
means <- colMeans(u, na.rm = TRUE)
add("pairs", "drivers_constants", total, n = n, b = means[[4]] - sum(b * means[1:3]))
add("pairs", "drivers_fit", total, n = n, r2 = sum(beta * r[1:3, 4]), f = NA)
importance_of("pairs", total, n, r, beta, names(u)[1:3], list(1, 2, 3), NULL)

request <- function(name, ...) list(drivers = list(outcome = "recommend", name = name, ...))
specification <- list(
  variables = list(region = list(type = "nominal"), sex = list(type = "nominal"), q1 = list(type = "scale", range = c(1, 5)),
    q3 = list(type = "scale", range = c(1, 7)), recommend = list(type = "scale", range = c(0, 10)),
    age = list(type = "number", decimals = 0), w = list(type = "weight", kind = "sampling", decimals = 4),
    f = list(type = "weight", kind = "frequency", decimals = 0)),
  analyses = list(request("plain", predictors = predictors, by = "sex"), request("sampled", predictors = predictors, by = "sex", weight = "w"),
    request("repeated", predictors = predictors, weight = "f"), request("pairs", predictors = predictors[1:3], missing = "pairwise"),
    request("origin", predictors = predictors[1:3], intercept = FALSE)))
text <- function(v) toJSON(v, auto_unbox = TRUE, digits = NA, na = "null", null = "null")
out <- file("../../analyses/drivers.json", "w")
cat('{\n "source": "R\'s lm and svyglm, and LMG and relative weights written out, as tests/stats/golden/drivers.R computes them",\n',
    '"data": "tests/stats/golden/weighted_survey.csv",\n "specification": ', text(specification), ',\n "figures": [\n  ', file = out, sep = "")
cat(sapply(entries, text), file = out, sep = ",\n  ")
cat("\n ]\n}\n", file = out)
close(out)
