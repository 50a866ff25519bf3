"""A few orders as a shop exports them."""

ORDERS = (
    "order_id,customer_id,ordered_at,amount\n"
    "1,a,2026-01-05,10\n"
    "2,b,2026-01-06,20.5\n"
    "3,a,2026-02-01 09:30:00,30\n"
)
