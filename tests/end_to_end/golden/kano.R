# Kano categories of the five features in the four cohorts, counted with R from the texts alone.
# Run where the data are: Rscript kano.R DIRECTORY > kano.txt
directory <- commandArgs(TRUE)[1]
words <- list(
  c("I like it that way", "I must be that way", "I am neutral", "I can live with it that way", "I dislike it that way"),
  c("I enjoy it that way", "It is a basic necessity or I expect it that way", "I am neutral",
    "I dislike it, but I can live with it that way", "I dislike it, and I can\u2019t accept it"),
  c("This would be very helpful to me", "This is a basic requirement for me", "This would not affect me",
    "This would be a minor inconvenience", "This would be a major problem for me"),
  c("I like it", "I expect it", "I\u2019m neutral", "I can tolerate it", "I dislike it"))
# Berger et al. 1993; rows functional, columns dysfunctional.
category <- rbind(strsplit("QAAAO", "")[[1]], strsplit("RIIIM", "")[[1]], strsplit("RIIIM", "")[[1]],
                  strsplit("RIIIM", "")[[1]], strsplit("RRRRQ", "")[[1]])
cat("cohort feature A O M I R Q importance\n")
for (cohort in 1:4) {
  d <- read.csv(file.path(directory, sprintf("storage--cohort%d-clean.csv", cohort)), encoding = "UTF-8")
  for (feature in 1:5) {
    f <- match(d[[sprintf("F%d_functional", feature)]], words[[cohort]])
    g <- match(d[[sprintf("F%d_dysfunctional", feature)]], words[[cohort]])
    counts <- table(factor(category[cbind(f, g)], levels = c("A", "O", "M", "I", "R", "Q")))
    importance <- as.integer(sub(" -.*", "", d[[sprintf("F%d_importance", feature)]]))
    cat(cohort, feature, counts, sprintf("%.15g", mean(importance)), "\n")
  }
}
