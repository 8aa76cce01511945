/** Pictures of networks: of how they train, what they have learned and what they do with data. */
package nnc.pictures;
