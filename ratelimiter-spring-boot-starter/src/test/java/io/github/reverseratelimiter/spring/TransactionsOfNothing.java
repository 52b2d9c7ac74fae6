package io.github.reverseratelimiter.spring;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** Begins and ends transactions, of no database. */
final class TransactionsOfNothing extends AbstractPlatformTransactionManager {

    private static final long serialVersionUID = 1L;

    @Override
    protected Object doGetTransaction() {
        return this;
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
        // nothing to open
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
        // nothing to write
    }

    @Override
    protected void doRollback(DefaultTransactionStatus status) {
        // nothing to undo
    }
}
