# Reference values for segment: R's kmeans (Lloyd) from given centres, cluster's silhouette on squared distances.
# Rscript segment.R writes segment.json; tests/stats/segment_golden_test.c reads it.
suppressMessages({library(cluster); library(jsonlite); library(survey)})

entries <- list()
add <- function(.analysis, .table, .match, ...) {
  entries[[length(entries) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character"), na.strings = "")
d$product <- ifelse(is.na(d$q1), d$q2, ifelse(is.na(d$q2), d$q1, (d$q1 + d$q2) / 2))

# Weighted Lloyd: ties to the lowest, until nothing moves.
lloyd <- function(x, centres, w) {
  for (pass in 1:1000) {
    distance <- sapply(1:nrow(centres), function(j) rowSums(sweep(x, 2, centres[j, ])^2))
    own <- apply(distance, 1, which.min)
    moved <- t(sapply(1:nrow(centres), function(j) colSums(x[own == j, , drop = FALSE] * w[own == j]) / sum(w[own == j])))
    if (max(abs(moved - centres)) < 1e-13) break
    centres <- moved
  }
  list(own = own, centres = moved, passes = pass)
}
# Silhouette on squared distances, every row counting by its weight; its own weight left out of its segment.
weighted_silhouette <- function(x, own, w, leave) {
  D <- as.matrix(dist(x))^2
  s <- sapply(seq_len(nrow(x)), function(i) {
    mean_to <- sapply(sort(unique(own)), function(j) {
      mine <- own == j
      sum(D[i, mine] * w[mine]) / (sum(w[mine]) - if (own[i] == j) leave(w[i]) else 0)
    })
    a <- mean_to[own[i]]; b <- min(mean_to[-own[i]])
    if (sum(w[own == own[i]]) - leave(w[i]) <= 0) 0 else (b - a) / max(a, b)
  })
  sapply(c(sort(unique(own)), 0), function(j) weighted.mean(s[own == j | j == 0], w[own == j | j == 0]))
}

segment <- function(name, items, centres, scaled, w = rep(1, nrow(d)), kind = "none", profile = TRUE) {
  rows <- complete.cases(d[, items]) & w > 0; s <- d[rows, ]; w <- w[rows]; x <- as.matrix(s[, items]); n <- nrow(x)
  N <- if (kind == "frequency") sum(w) else n
  mean_all <- colSums(x * w) / sum(w)
  sd_all <- sqrt(colSums(sweep(x, 2, mean_all)^2 * w) / switch(kind, none = n - 1, frequency = sum(w) - 1,
                                                              sampling = sum(w) * (n - 1) / n))
  unit <- if (scaled) sd_all else rep(1, length(items))
  z <- sweep(x, 2, unit, "/")
  fit <- lloyd(z, sweep(centres, 2, unit, "/"), w)
  k <- nrow(centres)
  if (kind == "none") {
    r <- kmeans(z, sweep(centres, 2, unit, "/"), iter.max = 1000, algorithm = "Lloyd")
    stopifnot(all(r$cluster == fit$own), all(abs(r$centers - fit$centres) < 1e-12))
    sil <- silhouette(fit$own, dist(z)^2)
    silhouettes <- c(summary(sil)$clus.avg.widths, mean(sil[, 3]))
  } else {
    silhouettes <- weighted_silhouette(z, fit$own, w, if (kind == "frequency") function(w) 1 else identity)
  }
  within <- sapply(1:k, function(j) sum(sweep(z[fit$own == j, , drop = FALSE], 2, fit$centres[j, ])^2 * w[fit$own == j]))
  total <- sum(sweep(z, 2, colSums(z * w) / sum(w))^2 * w)
  size <- sapply(1:k, function(j) sum(w[fit$own == j])); order <- order(-size)
  add(name, "segment_models", list(segments = k), within_ss = sum(within), between_percent = 100 * (1 - sum(within) / total),
      calinski_harabasz = ((total - sum(within)) / (k - 1)) / (sum(within) / (N - k)), silhouette = silhouettes[[k + 1]])
  for (i in 1:k) {
    j <- order[i]; mine <- fit$own == j
    figures <- list(n = sum(mine), percent = 100 * size[j] / sum(w), within_ss = within[j], silhouette = silhouettes[[j]])
    if (kind != "none") figures$weighted_n <- size[j]
    do.call(add, c(list(name, "segment_sizes", list(segment = i)), figures))
    for (c in seq_along(items))
      add(name, "segment_centres", list(item = items[c], segment = i), mean = fit$centres[j, c] * unit[[c]], difference_sd = (fit$centres[j, c] * unit[[c]] - mean_all[[c]]) / sd_all[[c]])
    if (i == 1) for (c in seq_along(items)) add(name, "segment_centres", list(item = items[c], segment = NA), mean = mean_all[[c]])
    if (!profile) next
    for (item in c("age", "spend")) {
      a <- !is.na(s[[item]]); v <- s[[item]]
      overall <- weighted.mean(v[a], w[a])
      spread <- sqrt(switch(kind, none = var(v[a]), frequency = var(rep(v[a], w[a])),
                            sampling = svyvar(~v, svydesign(~1, weights = w[a], data = data.frame(v = v[a])))[1]))
      here <- weighted.mean(v[a & mine], w[a & mine])
      add(name, "segment_profile", list(item = item, segment = i), n = sum(a & mine), mean = here, difference_sd = (here - overall) / spread)
      if (i == 1) add(name, "segment_profile", list(item = item, segment = NA), n = sum(a), mean = overall)
    }
    a <- !is.na(s$region)
    for (r in c("east", "north", "south", "west"))
      add(name, "segment_shares", list(item = "region", value = r, segment = i), n = sum(a & mine & s$region == r),
          percent = 100 * sum(w[a & mine & s$region == r]) / sum(w[a & mine]),
          overall_percent = 100 * sum(w[a & s$region == r]) / sum(w[a]))
    options <- strsplit(s$channels, ";"); a <- !is.na(s$channels)
    for (o in c("web", "agent")) {
      has <- sapply(options, function(x) o %in% x)
      add(name, "segment_shares", list(item = "channels", value = o, segment = i),
          percent = 100 * sum(w[a & mine & has]) / sum(w[a & mine]))
    }
  }
}
three <- rbind(c(2, 2, 3, 4, 4), c(4, 3, 5, 7, 7), c(5, 5, 7, 10, 10))
items <- c("q1", "q2", "q3", "q4", "recommend")
segment("plain", items, three, FALSE)
segment("scaled", items, three, TRUE)
segment("sampling", items, three, TRUE, d$w, "sampling")
segment("frequency", items, three, TRUE, d$f, "frequency")
segment("numbers", c("age", "spend", "product"), rbind(c(25, 10, 3), c(50, 20.5, 4), c(70, 40, 4), c(30, 80.25, 2)), TRUE, profile = FALSE)

write(toJSON(entries, auto_unbox = TRUE, digits = NA, na = "null", pretty = FALSE), "segment.json")
cat(length(entries), "entries\n")
