grammar Nn;
program : EOF ;
WS : [ \t\r\n]+ -> skip ;
