"""Files made by hand to do harm, a module a family; tests.hostile.handmade adds them."""
