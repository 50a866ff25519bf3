"""One small table in Russian, to be written every way."""

TWINS = "Номер;Клиент;Сумма\n1;Анна Ёлкина;39\u00a0000,50\n2;ООО «Пример»;12\n"
