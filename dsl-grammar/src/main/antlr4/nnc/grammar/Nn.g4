/** The .nn language. White space has no meaning: no statement starts with an operator or a bracket. */
grammar Nn;

program : statement* EOF ;

statement
  : 'import' STRING                                                            # importStatement
  | 'const' ID '=' expr                                                        # constStatement
  | kind=('input' | 'target') ID ':' type                                      # inputStatement
  | 'fn' ID '(' parameters? ')' results? (body | '=' expr)                     # fnStatement
  | 'layer' ID '(' hyper=parameters? ')' ('(' tensors=parameters? ')') results? body   # layerStatement
  | 'optimizer' ID '(' hyper=parameters? ')' '(' tensors=parameters? ')' body  # optimizerStatement
  | ID (',' ID)* '=' expr                                                      # bindStatement
  | 'output' ID ('=' expr)?                                                    # outputStatement
  | 'loss' expr                                                                # lossStatement
  | 'metric' ID '=' expr                                                       # metricStatement
  | 'regularize' expr ('on' STRING)?                                           # regularizeStatement
  | 'constrain' expr ('on' STRING)?                                            # constrainStatement
  | 'freeze' STRING                                                            # freezeStatement
  | 'data' '{' setting* '}'                                                    # dataStatement
  | 'train' '{' setting* '}'                                                   # trainStatement
  | 'param' ID ':' type '=' expr                                               # paramStatement
  | 'state' ID (':' type)? '=' expr                                            # stateStatement
  | ID '<-' expr                                                               # assignStatement
  | ifBlock                                                                    # ifStatement
  | 'for' ID (',' ID)* 'in' expr body                                          # forStatement
  | 'return' expr (',' expr)*                                                  # returnStatement
  ;

ifBlock : 'if' expr body ('else' (ifBlock | body))? ;

body : '{' statement* '}' ;

setting : word '=' expr ;

results : '->' type (',' type)* ;

parameters : parameter (',' parameter)* ','? ;

parameter : ID rest='...'? (':' type)? ('=' expr)? ;

type : ID ('[' (dim (',' dim)*)? ']')? ;

dim
  : '...'   # restDim
  | expr    # sizeDim
  ;

expr
  : NUMBER                                               # number
  | STRING                                               # text
  | value=('true' | 'false')                             # bool
  | 'none'                                               # none
  | ID                                                   # name
  | '(' expr ')'                                         # group
  | '[' (expr (',' expr)* ','?)? ']'                     # list
  | expr '.' word                                        # member
  | expr '(' (argument (',' argument)* ','?)? ')'        # call
  | expr '[' subscript (',' subscript)* ']'              # index
  | <assoc=right> expr '^' expr                          # power
  | '-' expr                                             # negative
  | expr op=('*' | '/' | '@') expr                       # product
  | expr op=('+' | '-') expr                             # sum
  | expr '..' expr                                       # range
  | expr op=('<' | '<=' | '>' | '>=' | '==' | '!=') expr # comparison
  | 'not' expr                                           # negation
  | expr 'and' expr                                      # conjunction
  | expr 'or' expr                                       # disjunction
  | expr '|>' expr                                       # pipe
  | 'if' expr 'then' expr 'else' expr                    # choice
  | <assoc=right> ID '=>' expr                           # lambda
  | <assoc=right> '(' (ID (',' ID)*)? ')' '=>' expr      # lambdaOfMany
  ;

argument : (word '=')? expr ;

subscript
  : '...'                                                # restSubscript
  | expr                                                 # placeSubscript
  | from=expr? ':' to=expr? (':' step=expr?)?            # sliceSubscript
  ;

/** A name where no statement can start: reserved words are welcome. */
word
  : ID | 'import' | 'const' | 'input' | 'target' | 'fn' | 'layer' | 'optimizer' | 'output' | 'loss' | 'metric' | 'regularize'
  | 'constrain' | 'freeze' | 'data' | 'train' | 'param' | 'state' | 'on' | 'in' | 'for'
  ;

NUMBER : DIGIT+ ('.' DIGIT+)? ([eE] [+-]? DIGIT+)? ;
STRING : '"' ('\\' . | ~["\\\r\n])* '"' ;
ID : [\p{L}_] [\p{L}\p{Nd}_]* ;
COMMENT : '#' ~[\r\n]* -> skip ;
SPACE : [ \t\r\n\u000C\uFEFF]+ -> skip ;
UNTERMINATED : '"' ('\\' . | ~["\\\r\n])* ;
UNKNOWN : . ;

fragment DIGIT : [0-9] ;
