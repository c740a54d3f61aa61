# The tests of the copy that adding_an_input_format_test makes: one program over reading alone.
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
find_path(READSTAT_INCLUDE readstat.h REQUIRED)
find_library(READSTAT_LIBRARY readstat REQUIRED)
add_executable(formats_test reading/formats_test.c reading/workbook.c reading/readstat_files.c)
target_include_directories(formats_test PRIVATE ${READSTAT_INCLUDE})
target_link_libraries(formats_test PRIVATE canvass_options canvass_reading ${READSTAT_LIBRARY} PkgConfig::MINIZIP
  PkgConfig::CMOCKA)
