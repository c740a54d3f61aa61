# The tests of the copy that adding_an_input_format_test makes: one program over reading alone.
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
add_executable(formats_test reading/formats_test.c reading/workbook.c)
target_link_libraries(formats_test PRIVATE canvass_options canvass_reading PkgConfig::MINIZIP PkgConfig::CMOCKA)
