/*
 * The .nn language.
 *
 * White space separates tokens and means nothing else. Statements need no separator, because none starts with an
 * operator or a bracket: after a complete expression an operator or a bracket continues it, and a word starts the
 * next statement. For the same reason an assignment `m <- value` needs no token of its own, and `a <-b` is a
 * comparison.
 *
 * Only `if then else for in return fn and or not true false none` are reserved. All other words that start a
 * statement are ordinary names elsewhere (rule `name`).
 *
 * Precedence, loosest first: if-then-else and `=>` (both reach as far to the right as they can), `|>`, or, and, not,
 * comparisons (no chains), `..`, `+ -`, `* / @`, unary `-`, `^` (to the right), call / index / member.
 * A rule a level keeps nearly every decision at one token of look-ahead.
 */
grammar Nn;

@lexer::members {
  private static final int MARKS = 1 << Character.NON_SPACING_MARK | 1 << Character.COMBINING_SPACING_MARK | 1 << Character.ENCLOSING_MARK;

  private boolean isLetter() {
    return Character.isLetter(_input.LA(-1));
  }

  private boolean isPart() {
    return Character.isLetterOrDigit(_input.LA(-1)) || (MARKS >> Character.getType(_input.LA(-1)) & 1) == 1;
  }
}

program : statement* EOF ;

statement
  : 'import' path=STRING                                                                # importFile
  | 'const' name '=' expression                                                         # const
  | role=('input' | 'target') name alias=STRING? ':' type                               # input
  | 'fn' name '(' parameters? ')' results? body declaredGradient?                       # fn
  | 'layer' name '(' hyper=parameters? ')' '(' tensors=parameters? ')' results? body    # layer
  | 'optimizer' name '(' hyper=parameters? ')' '(' tensors=parameters? ')' block        # optimizer
  | 'output' name alias=STRING? ('=' expression)?                                       # output
  | 'loss' (name '=')? expression                                                       # loss
  | 'metric' name '=' expression                                                        # metric
  | role=('regularize' | 'constrain') expression ('on' pattern=STRING)?                 # regularize
  | 'freeze' pattern=STRING                                                             # freeze
  | role=('data' | 'train') '{' (setting | trainingStep)* '}'                           # settings
  | 'param' name ':' type '=' expression                                                # param
  | 'state' name (':' type)? '=' expression                                             # state
  | name arrow='<' '-' expression                                                       # assign
  | name (',' name)* '=' expression                                                     # bind
  | ifStatement                                                                         # choice
  | 'for' name (',' name)* 'in' places=expression ('while' condition=expression)? block    # for
  | 'return' expression (',' expression)*                                               # return
  ;

ifStatement : 'if' condition=expression then=block ('else' (otherwise=block | chained=ifStatement))? ;

block : '{' statement* '}' ;

body
  : '=' expression    # short
  | block             # long
  ;

/* The gradient's name, and perhaps the result's. */
declaredGradient : 'gradient' '(' name (',' name)? ')' body ;

setting : name '=' expression ('on' patterns+=STRING (',' patterns+=STRING)*)? ;

trainingStep : 'step' '{' setting* '}' ;

parameters : parameter (',' parameter)* ','? ;

parameter
  : name '...'                             # rest
  | name (':' type)? ('=' expression)?     # plain
  ;

results : '->' type (',' type)* ;

/* `category("a", "b")[N]`, `float?[N]`: what is fed may be texts, or missing. */
type : kind=name ('(' (argument (',' argument)* ','?)? ')')? gaps='?'? ('[' dimension (',' dimension)* ']')? ;

dimension
  : '...'         # anyDimensions
  | expression    # size
  ;

expression
  : 'if' condition=expression 'then' then=expression 'else' otherwise=expression    # conditional
  | name '=>' expression                                                            # lambda
  | '(' parameters? ')' '=>' expression                                             # lambdaOfMany
  | pipe                                                                            # operation
  ;

pipe        : disjunction ('|>' postfix)* ;
disjunction : conjunction ('or' conjunction)* ;
conjunction : negation ('and' negation)* ;

negation
  : 'not' negation    # not
  | comparison        # claim
  ;

comparison : range (operator=('<' | '<=' | '>' | '>=' | '==' | '!=') range)? ;
range      : sum ('..' sum)? ;
sum        : product (operators+=('+' | '-') product)* ;
product    : signed (operators+=('*' | '/' | '@') signed)* ;

signed
  : '-' signed    # negative
  | power         # positive
  ;

power   : postfix ('^' signed)? ;
postfix : atom suffix* ;

suffix
  : '(' (argument (',' argument)* ','?)? ')'    # call
  | '[' subscript (',' subscript)* ']'          # index
  | '.' name                                    # member
  ;

argument
  : name '=' expression    # named
  | expression             # positional
  ;

subscript
  : '...'                                                                 # anyAxes
  | first=':' to=expression? (':' step=expression?)?                      # sliceFromStart
  | from=expression (first=':' to=expression? (':' step=expression?)?)?   # place
  ;

atom
  : NUMBER                                               # number
  | STRING                                               # text
  | value=('true' | 'false')                             # bool
  | 'none'                                               # none
  | name                                                 # reference
  | '[' (expression (',' expression)* ','?)? ']'         # list
  | '(' expression ')'                                   # group
  ;

/* Words that start a statement are names wherever no statement of theirs can be meant. */
name
  : NAME
  | 'import' | 'const' | 'input' | 'target' | 'layer' | 'optimizer' | 'output' | 'loss' | 'metric' | 'regularize'
  | 'constrain' | 'freeze' | 'data' | 'train' | 'param' | 'state' | 'on' | 'step' | 'gradient' | 'while'
  ;

NAME   : Letter Part* ;
/* A point needs digits on both sides, so that `0..9` is a range. */
NUMBER : [0-9]+ ('.' [0-9]+)? ([eE] [+-]? [0-9]+)? ;
STRING : '"' ('\\' ~[\r\n] | ~["\\\r\n])* '"' ;

COMMENT : '#' ~[\r\n]* -> skip ;
SPACE   : [ \t\r\n\f\u00A0\uFEFF]+ -> skip ;

/* Faulty tokens keep their place in the grammar, so that one fault does not make a second. */
FAULTY_NUMBER : [0-9]+ ('.' [0-9]+)? ([eE] [+-]? [0-9]+)? NAME -> type(NUMBER) ;
OPEN_STRING   : '"' ('\\' ~[\r\n] | ~["\\\r\n])* '\\'? -> type(STRING) ;
SINGLE_QUOTED : '\'' ~['\r\n]* '\'' -> type(STRING) ;
STRAY         : . -> channel(HIDDEN) ;

/*
 * Outside ASCII Java is asked: a lexer with Unicode's letters in its tables, hundreds of ranges, takes longer to set up
 * than a program takes to be read.
 */
fragment Letter : [A-Za-z_] | ~[\u0000-\u007F] {isLetter()}? ;
fragment Part   : [A-Za-z_0-9] | ~[\u0000-\u007F] {isPart()}? ;
