# Rscript make_statistics.R CSV FOLDER: the CSV, its titles made names that SPSS and Stata take, as FOLDER/data.csv and, by
# haven, as data.sav, data.zsav and data.dta.  Exit code 77: haven is not installed.
if (!requireNamespace("haven", quietly = TRUE)) quit(status = 77)
arguments <- commandArgs(TRUE)
folder <- arguments[2]
data <- read.csv(arguments[1], check.names = FALSE, colClasses = NA, stringsAsFactors = FALSE)
names(data) <- substr(gsub("[^A-Za-z0-9]+", "_", names(data)), 1, 32)
write.csv(data, file.path(folder, "data.csv"), row.names = FALSE, na = "", quote = FALSE)
haven::write_sav(data, file.path(folder, "data.sav"))
haven::write_sav(data, file.path(folder, "data.zsav"), compress = "zsav")
haven::write_dta(data, file.path(folder, "data.dta"))
